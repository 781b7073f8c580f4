"""The account pages: allauth's views under our rules, and the few of our own."""

from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from chat.accounts.guests import GuestsWelcome, guest_of
from chat.errors import ChatError

SIGNUP_CLOSED = {
    "invite": "People join this chat by invitation. Ask somebody in it, or one of its administrators, for a link.",
    "closed": "This chat takes no new accounts. If you think you should have one, ask one of its administrators.",
}


def say(request: HttpRequest, title: str, text: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page with one thing to say; `context` may hold where to go from it (`way`, `way_label`)."""
    return render(request, "account/notice.html", {"title": title, "text": text, **context}, status=status)


def show_refusal(form: BaseForm, error: ChatError) -> None:
    """Put a ChatError beside the field it names, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.detail)


class LoginView(GuestsWelcome, allauth.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "open_to_all": settings.CHAT_SIGNUP == "open"}


class SignupView(GuestsWelcome, allauth.SignupView):
    def get_initial(self) -> dict[str, Any]:
        """A guest keeps the name under which the others know them."""
        guest = guest_of(self.request)
        return {**super().get_initial(), "name": guest.name if guest else ""}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ChatError as error:
            show_refusal(form, error)
            return self.form_invalid(form)

    def closed(self) -> HttpResponse:
        text = SIGNUP_CLOSED[settings.CHAT_SIGNUP]
        way = reverse("account_login")
        return say(self.request, "By invitation", text, way=way, way_label="Sign in instead")


class PasswordResetView(allauth.PasswordResetView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without a mail server nobody can be sent a link, and the page says what helps instead."""
        if settings.SENDS_EMAIL:
            return super().dispatch(request, *args, **kwargs)
        text = "This chat sends no e-mail. Ask one of its administrators to give you a new password."
        way = reverse("account_login")
        return say(request, "Forgot your password?", text, way=way, way_label="Back to sign in")


class MembersOnly:
    """A view mixin for pages about one's own password: a guest has none, and is shown how to get an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if guest_of(request) is not None:
            return redirect("account_signup")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class PasswordChangeView(MembersOnly, allauth.PasswordChangeView):
    pass


class PasswordSetView(MembersOnly, allauth.PasswordSetView):
    pass


@never_cache
def admin_login(request: HttpRequest) -> HttpResponseBase:
    """The admin's way in: the sign-in of everybody, or for the signed in a clear answer instead of a loop."""
    target = _safe_target(request)
    user = request.user
    if not user.is_authenticated or guest_of(request) is not None:
        return redirect_to_login(target, resolve_url("account_login"))
    if user.is_active and user.is_staff:
        return HttpResponseRedirect(target)
    return say(
        request,
        "Not for this account",
        f"You are signed in as {user}, and this account may not use the administration. "
        "Sign out to sign in with another one, or ask an administrator for the right.",
        status=403,
        way="/",
        way_label="Back to the chat",
        sign_out_next=target,
    )


def _safe_target(request: HttpRequest) -> str:
    """Where in the admin they wanted to go; never the login itself, and never another site."""
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    index = reverse("admin:index")
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if own and target.startswith(index) and not target.startswith(request.path) else index
