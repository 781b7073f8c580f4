"""Guests before the account pages: they have a session, but for these pages they are nobody yet."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase

from chat.actions.accounts import renew_session
from chat.models import User


def guest_of(request: HttpRequest) -> User | None:
    """The guest whose session this is, also where `GuestsWelcome` has put nobody in their place."""
    found = getattr(request, "guest", None) or request.user
    return found if isinstance(found, User) and found.is_guest else None


class GuestsWelcome:
    """A view mixin: allauth leads whoever has a session away from sign-up and sign-in; a guest may stay.

    A guest who comes out with an account has a new session. Their other tabs are sent back for it.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        guest, key = guest_of(request), request.session.session_key
        if guest is not None:
            request.guest = guest  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if guest is not None and request.session.session_key != key:
            renew_session(guest, key)
        return response
