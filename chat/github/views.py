"""The JSON views about GitHub accounts: plain asynchronous Django views, and a synchronous twin."""

import asyncio
import functools
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Concatenate, ParamSpec

import msgspec
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from chat import limits
from chat.api.responses import error_response, json_response
from chat.auth import visitor_of
from chat.errors import ChatError, Invalid, MethodNotAllowed
from chat.github.people import GitHubUser, find_user

DEFAULT_LOGINS = ("torvalds", "gvanrossum")
MOST_LOGINS = 50
# Whoever is not signed in spends the installation's quota, which is 60 calls an hour without a token.
MOST_LOGINS_UNKNOWN_VISITOR = 10

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], Coroutine[Any, Any, HttpResponse]]


class Failure(msgspec.Struct, frozen=True):
    """Why there is nothing for one of the names."""

    username: str
    status: int
    code: str
    detail: str


class Users(msgspec.Struct, frozen=True):
    """The aggregate: those found and those not, both in the order asked."""

    users: list[GitHubUser]
    errors: list[Failure]


def read_only(view: View[Arguments]) -> View[Arguments]:
    """A view for GET and HEAD whose ChatErrors become answers in the API's form.

    Exempt from the CSRF check because it changes nothing: other methods get the 405 that says so.
    """

    @functools.wraps(view)
    async def answer(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        try:
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed("This can only be read: use GET.")
            return await view(request, *args, **kwargs)
        except ChatError as error:
            response = error_response(error)
            if isinstance(error, MethodNotAllowed):
                response["Allow"] = "GET, HEAD"
            return response

    return csrf_exempt(answer)


@read_only
async def users(request: HttpRequest) -> HttpResponse:
    """GET /api/github/users?login=a&login=b: several accounts at once; one bad name never fails the rest."""
    logins = request.GET.getlist("login") or DEFAULT_LOGINS
    await _admit(request, len(logins))
    return json_response(await _gather_users(logins))


@read_only
async def user(request: HttpRequest, login: str) -> HttpResponse:
    """GET /api/github/users/<login>: one account, or its error as the status."""
    await _admit(request, 1)
    return json_response(await find_user(login))


# For programs that cannot wait asynchronously, and for WSGI servers: the same view, one thread each.
users_sync = csrf_exempt(async_to_sync(users))


async def _admit(request: HttpRequest, count: int) -> None:
    """Raise Unauthenticated for a token that does not hold, Invalid for too many names at once, RateLimited
    for too many calls from the address of somebody unknown.
    """
    visitor = await visitor_of(request)
    if visitor.refused:
        raise visitor.refused
    # Anybody can become a guest at any time, so a guest counts as unknown.
    known = visitor.user is not None and not visitor.user.is_guest
    most = MOST_LOGINS if known else MOST_LOGINS_UNKNOWN_VISITOR
    if count > most:
        hint = "" if known else f" (signed in: {MOST_LOGINS})"
        raise Invalid(f"At most {most} logins can be asked for at once{hint}.", field="login")
    if not known:
        limits.take("github", visitor.address)


async def _gather_users(logins: Sequence[str]) -> Users:
    outcomes = await asyncio.gather(*(find_user(login) for login in logins), return_exceptions=True)
    found = Users(users=[], errors=[])
    for login, outcome in zip(logins, outcomes, strict=True):
        if isinstance(outcome, GitHubUser):
            found.users.append(outcome)
        elif isinstance(outcome, ChatError):
            found.errors.append(Failure(login, outcome.status, outcome.code, outcome.detail))
        else:
            raise outcome
    return found
