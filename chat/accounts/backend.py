"""Who may sign in with a password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from chat.models import User


class AccountBackend(AuthenticationBackend):
    """By username or e-mail address, and people only: guests, bots and the system never sign in by a password.

    It is the only backend, so it also loads the people of all sessions, a guest's included.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        return user if isinstance(user, User) and user.kind == User.Kind.USER else None
