"""The page behind an invitation's link: who invites to what, and one button or one form that says yes."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from chat import limits
from chat.accounts.views import SignupView, say
from chat.actions.accounts import find_invitation, redeem_invitation
from chat.errors import ChatError, NotFound
from chat.models import Invitation, User

TEMPLATE = "account/invitation.html"


@method_decorator(never_cache, name="dispatch")
class InvitationView(SignupView):
    """Signing up by a link. Whoever has an account already comes in by one button.

    Opening links is limited, right ones too: whoever ran out of attempts must not learn anything from the next.
    """

    template_name = TEMPLATE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        secret = kwargs["secret"]
        try:
            limits.take("invitation", request.META.get("REMOTE_ADDR"))
            visitor = request.user if isinstance(request.user, User) else None
            self.invitation = find_invitation(secret, visitor)
            if visitor is not None and not visitor.is_guest:
                return _let_in(request, visitor, self.invitation, secret)
        except ChatError as error:
            return _refuse(request, error)
        # The adapter asks for it whether an account may be made, and makes it by it.
        request.invitation_secret = secret  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        return _way_to(self.invitation)

    def closed(self) -> HttpResponse:
        """This chat makes no accounts. Those who have one may still come in."""
        return render(self.request, TEMPLATE, self._invited())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **self._invited()}

    def _invited(self) -> dict[str, Any]:
        login = f"{reverse('account_login')}?{urlencode({'next': self.request.path})}"
        return {"invitation": self.invitation, "login_url": login}


def _let_in(request: HttpRequest, user: User, invitation: Invitation, secret: str) -> HttpResponse:
    """The page with the button, and what the button does. Who is there already is led on."""
    room = invitation.room
    if request.method == "POST":
        return redirect(_way_to(redeem_invitation(user, secret)))
    if room is None or room.memberships.filter(user=user).exists():
        return redirect(_way_to(invitation))
    return render(request, TEMPLATE, {"invitation": invitation})


def _refuse(request: HttpRequest, error: ChatError) -> HttpResponse:
    title = "This link is spent" if isinstance(error, NotFound) else "Too many attempts"
    text = error.detail
    if isinstance(error, NotFound):
        text = "It was used up, it is too old, or somebody took it back. Ask whoever gave it to you for a new one."
    return say(request, title, text, status=error.status, way="/", way_label="Go to the chat")


def _way_to(invitation: Invitation) -> str:
    return reverse("room", args=[invitation.room.slug]) if invitation.room is not None else reverse("index")
