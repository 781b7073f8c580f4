"""Who may call: the visitor behind a request, Django's CSRF check for sessions, and the rate of each caller."""

from enum import Enum

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from chat.auth import Visitor, visitor_of
from chat.errors import Forbidden, Unauthenticated
from chat.limits import take
from chat.models import User

SAFE_METHODS = frozenset(("GET", "HEAD"))


class Access(Enum):
    """Whom an operation is for."""

    # Nobody is asked who they are: probes must not depend on the database.
    UNASKED = "unasked"
    # Nobody in particular will do.
    ANYBODY = "anybody"
    # Nobody in particular may read what is public, unless CHAT_GUESTS is off.
    READER = "reader"
    # Somebody: a user or a guest.
    PERSON = "person"


class Call(msgspec.Struct, frozen=True):
    """A request that was let in."""

    request: HttpRequest
    visitor: Visitor

    @property
    def user(self) -> User | None:
        return self.visitor.user

    @property
    def person(self) -> User:
        """The user, in operations that are for somebody."""
        assert self.visitor.user is not None, "this operation lets nobody in particular in"
        return self.visitor.user


async def admit(request: HttpRequest, access: Access, bucket: str) -> Call:
    """Let the request in; raises RateLimited, Unauthenticated or Forbidden (CSRF)."""
    visitor = await visitor_of(request)
    take(bucket, visitor.user.pk if visitor.user else visitor.address)
    if visitor.refused is not None:
        raise visitor.refused
    closed = access is Access.READER and settings.CHAT_GUESTS == "off"
    if visitor.user is None and (closed or access is Access.PERSON):
        raise Unauthenticated("Sign in first.")
    if request.method not in SAFE_METHODS and visitor.credential.token_digest is None:
        _check_forgery(request)
    return Call(request, visitor)


class _ForgeryCheck(CsrfViewMiddleware):
    """Django's check, called as a function: it is quick and touches no database."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        raise Forbidden(f"The CSRF check failed: {reason}")

    def check(self, request: HttpRequest) -> None:
        self.process_request(request)
        self.process_view(request, _no_view, (), {})

    def check_origin(self, request: HttpRequest) -> None:
        if "HTTP_ORIGIN" in request.META and not self._origin_verified(request):  # type: ignore[attr-defined]
            raise Forbidden("The Origin is not ours.")


def _no_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_forgery = _ForgeryCheck(_no_view)


def _check_forgery(request: HttpRequest) -> None:
    """A browser sends its session along with any page's request; without one there is only the Origin to look at."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        _forgery.check(request)
    else:
        _forgery.check_origin(request)
