"""The way to GitHub and back, the form of who is new here, and the page of the linked account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount import views as allauth
from allauth.socialaccount.internal.flows import connect
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from chat.accounts.gate import behind_the_gate
from chat.accounts.guests import GuestsWelcome
from chat.accounts.views import MembersOnly, show_refusal
from chat.errors import ChatError
from chat.github.credentials import PROVIDER
from chat.github.signin.forms import SignupForm
from chat.github.signin.provider import PRIVATE_SCOPE, GitHubAdapter
from chat.github.signin.withdrawal import forget_tokens

UNTOLD = "It is forgotten here, but GitHub could not be told. Withdraw this chat's permission in GitHub's settings too."


def where_offered(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, behind the gate of the first administrator; without an OAuth app there is no such page."""

    @wraps(view)
    def offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if PROVIDER not in settings.SOCIALACCOUNT_PROVIDERS:
            raise Http404
        return never_cache(behind_the_gate(view))(request, *args, **kwargs)

    return offered


class StartView(OAuth2LoginView):
    """Off to GitHub, by a button. The page in between is there because a form may lead to ourselves only."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return redirect("socialaccount_connections" if request.user.is_authenticated else "account_login")
        away = super().dispatch(request, *args, **kwargs)
        assert isinstance(away, HttpResponseRedirect)
        return render(request, "github/leaving.html", {"url": away.url})


class CallbackView(GuestsWelcome, OAuth2CallbackView):
    """Back from GitHub: linked, signed in, or on to the form of who is new."""


class SignupView(GuestsWelcome, allauth.SignupView):
    form_class = SignupForm
    template_name = "github/signup.html"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ChatError as error:
            # allauth has put the sign-up aside; it goes on with the corrected form.
            self.request.session["socialaccount_sociallogin"] = self.sociallogin.serialize()
            show_refusal(form, error)
            return self.form_invalid(form)


@method_decorator(where_offered, name="dispatch")
class LinkedAccountView(MembersOnly, LoginRequiredMixin, View):
    """Which account is linked, and what it is used for. Each button posts its own field: `unlink` or `forget`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        account = _linked_to(request)
        scopes = account.extra_data.get("scopes", ()) if account is not None else ()
        sees_private = PRIVATE_SCOPE in scopes and account is not None and account.socialtoken_set.exists()
        return render(request, "github/linked.html", {"account": account, "sees_private": sees_private})

    def post(self, request: HttpRequest) -> HttpResponse:
        account = _linked_to(request)
        if account is not None and "unlink" in request.POST:
            _unlink(request, account)
        elif account is not None and "forget" in request.POST and not forget_tokens(account):
            messages.warning(request, UNTOLD)
        return redirect("socialaccount_connections")


def _unlink(request: HttpRequest, account: SocialAccount) -> None:
    try:
        connect.validate_disconnect(request, account)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return
    if not forget_tokens(account):
        messages.warning(request, UNTOLD)
    connect.disconnect(request, account)


def _linked_to(request: HttpRequest) -> SocialAccount | None:
    found: SocialAccount | None = SocialAccount.objects.filter(
        user=request.user.pk, provider=PROVIDER
    ).first()
    return found


start = where_offered(StartView.adapter_view(GitHubAdapter))
callback = where_offered(CallbackView.adapter_view(GitHubAdapter))
signup = where_offered(SignupView.as_view())
