"""The JSON views about GitHub: asynchronous Django views, and a synchronous twin of one of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar

import msgspec
from asgiref.sync import async_to_sync
from django.views.decorators.csrf import csrf_exempt

from chat import database, limits
from chat.api.admission import Access, Call
from chat.api.resource import Streamed, operation, resource
from chat.errors import ChatError, Forbidden, Invalid
from chat.github.budget.report import QuotaReport, report
from chat.github.credentials import token_of
from chat.github.gathered.overview import Overview, look_over
from chat.github.gathered.people import Failure, GitHubUser, find_user
from chat.github.gathered.repository import RepositoryOverview, look_into
from chat.github.gathered.stream import Arrived, End, Missing, arrivals
from chat.github.resources import TokenRefused

T = TypeVar("T")

MOST_LOGINS = 50
# Whoever is not signed in spends the installation's quota, which is 60 calls an hour without a token.
MOST_LOGINS_UNKNOWN_VISITOR = 10


class UsersQuery(msgspec.Struct, frozen=True):
    login: tuple[str, ...] = ("torvalds", "gvanrossum")


class StreamQuery(UsersQuery, frozen=True):
    """`have`: the `index` of each item that came before an earlier answer broke off."""

    have: tuple[Annotated[int, msgspec.Meta(ge=0, le=99)], ...] = ()


class Users(msgspec.Struct, frozen=True):
    """The aggregate: those found and those not, both in the order asked."""

    users: list[GitHubUser]
    errors: list[Failure]


@operation("GET", Access.ANYBODY)
async def gather_users(call: Call, query: UsersQuery) -> Users:
    """Several GitHub accounts, fetched at the same time; one bad name never fails the rest."""
    _bound(call, len(query.login))
    outcomes = await asyncio.gather(*(find_user(login) for login in query.login), return_exceptions=True)
    return _sorted_out(query.login, outcomes)


@operation("GET", Access.ANYBODY)
async def stream_users(call: Call, query: StreamQuery) -> Streamed[Arrived | Missing | End]:
    """Several GitHub accounts as they arrive, the quickest first, and at the end how it went.

    Lines of JSON, or server-sent events for `Accept: text/event-stream`. `index` is the place of the name among
    those asked for. Hanging up ends the calls to GitHub that nobody else waits for; `have` goes on from there.
    """
    _bound(call, len(query.login))
    return Streamed(arrivals(query.login, frozenset(query.have)))


@operation("GET", Access.ANYBODY)
async def read_user(call: Call, login: str) -> GitHubUser:
    """One GitHub account."""
    _bound(call, 1)
    return await find_user(login)


@operation("GET")
async def read_overview(call: Call, login: str) -> Overview:
    """One GitHub account at a glance: profile, repositories and events, fetched at the same time.

    A part that GitHub does not give is named in `errors`; the rest still comes.
    """
    _bound_person(call)
    return await _as_themselves(call, lambda token: look_over(login, token=token or None))


@operation("GET")
async def read_repository(call: Call, owner: str, name: str) -> RepositoryOverview:
    """One GitHub repository at a glance: open issues, latest release, contributors, fetched at the same time.

    A part that GitHub does not give is named in `errors`; the rest still comes.
    """
    _bound_person(call)
    return await _as_themselves(call, lambda token: look_into(owner, name, token=token))


@operation("GET")
async def read_quota(call: Call) -> QuotaReport:
    """What GitHub still grants this installation and yourself, and what each feature spent and saved in a day."""
    _refuse_guests(call)
    token = await database.call(token_of, call.person.pk)
    return await database.call(report, token)


users = resource(gather_users)
user = resource(read_user)
overview = resource(read_overview)
repository = resource(read_repository)
stream = resource(stream_users)
quota = resource(read_quota)
# For WSGI servers, and for comparison: the same view, one thread each. Reading needs no CSRF check.
users_sync = csrf_exempt(async_to_sync(users))
users_sync.operations = users.operations  # type: ignore[attr-defined]


def _bound(call: Call, count: int) -> None:
    """Raise Invalid for too many names at once, RateLimited for too many calls from one address."""
    # Anybody can become a guest at any time, so a guest counts as unknown.
    known = call.user is not None and not call.user.is_guest
    most = MOST_LOGINS if known else MOST_LOGINS_UNKNOWN_VISITOR
    if count > most:
        hint = "" if known else f" (signed in: {MOST_LOGINS})"
        raise Invalid(f"At most {most} logins can be asked for at once{hint}.", field="login")
    if not known:
        limits.take("github", call.visitor.address)


def _bound_person(call: Call) -> None:
    """Raise Forbidden for guests, who may be anybody; RateLimited for too many calls of one person."""
    _refuse_guests(call)
    limits.take("github", call.person.pk)


def _refuse_guests(call: Call) -> None:
    if call.person.is_guest:
        raise Forbidden("Sign in to look at this; guests cannot.")


async def _as_themselves(call: Call, look: Callable[[str], Awaitable[T]]) -> T:
    """Look with the token of whoever asks: they see what they may see at GitHub, and their own quota is spent."""
    token = await database.call(token_of, call.person.pk)
    if token:
        try:
            return await look(token)
        except TokenRefused:
            # Withdrawn at GitHub: they are anybody there now.
            pass
    return await look("")


def _sorted_out(logins: Sequence[str], outcomes: Sequence[GitHubUser | BaseException]) -> Users:
    found = Users(users=[], errors=[])
    for login, outcome in zip(logins, outcomes, strict=True):
        if isinstance(outcome, GitHubUser):
            found.users.append(outcome)
        elif isinstance(outcome, ChatError):
            found.errors.append(Failure.of(login, outcome))
        else:
            raise outcome
    return found
