"""Asking GitHub for one person: with their own token where they have one, and never showing more than they may see."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, NamedTuple, TypeVar, cast

from chat import database, limits
from chat.errors import BadGateway, ChatError, Forbidden, NotFound
from chat.github import resources
from chat.github.addresses import Address
from chat.github.credentials import token_of
from chat.github.resources import Sourced
from chat.github.visibility import may_be_shown
from chat.github.words.forms import Issue, Profile, Repository
from chat.models import User
from chat.slash import Later

Form = TypeVar("Form")


class Seen(NamedTuple):
    """A repository as somebody sees it, and by which token; None is the server's."""

    repository: Sourced[Repository]
    token: str | None


def later(user: User, work: Callable[[], Awaitable[str]]) -> Later:
    """The answer that needs GitHub. Raises Forbidden for guests, whom anybody can become by the dozen.

    People take from a bucket of their own: what they ask may spend the quota of the whole installation.
    """
    if user.is_guest:
        raise Forbidden("Sign in to ask GitHub.")

    async def answer() -> str:
        limits.take("github", user.pk)
        return await work()

    return Later(answer)


async def profile(login: str) -> Sourced[Profile]:
    """Raises NotFound, and what resources.fetch raises."""
    try:
        return await resources.fetch(f"/users/{login.lower()}", Profile, feature="word")
    except NotFound:
        raise NotFound(f"GitHub has no user {login}.", field="text") from None


async def repository(user: User, address: Address, *, fresh: bool = False) -> Seen:
    """The repository. What only the server's token may see is as good as missing: NotFound alike."""
    path = f"/repos/{address.repository.lower()}"
    own = await database.call(token_of, user.pk)
    if own and (found := await _by_own_token(path, own, fresh=fresh)) is not None:
        return Seen(found, own)
    try:
        public = await resources.fetch(path, Repository, feature="word", fresh=fresh)
    except NotFound:
        raise _unseen(address) from None
    if not may_be_shown(public.value, None):
        raise _unseen(address)
    return Seen(public, None)


async def issue(user: User, address: Address) -> Sourced[Issue]:
    """The issue or pull request, by the right to see its repository; raises NotFound."""
    seen = await repository(user, address)
    path = f"/repos/{seen.repository.value.full_name.lower()}/issues/{address.ref}"
    try:
        return await resources.fetch(path, Issue, token=seen.token, feature="word")
    except NotFound:
        raise NotFound(f"{address.repository} has no issue {address.ref}.", field="text") from None


async def side_by_side(calls: Iterable[Coroutine[Any, Any, Form]]) -> list[Form | ChatError]:
    """All of them at the same time; what failed is told in its place."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, ChatError):
            raise outcome
    return cast("list[Form | ChatError]", outcomes)


async def _by_own_token(path: str, token: str, *, fresh: bool) -> Sourced[Repository] | None:
    """None where this token shows nothing; it may have been withdrawn, and what is public is seen without it."""
    try:
        return await resources.fetch(path, Repository, token=token, feature="word", fresh=fresh)
    except (NotFound, Forbidden, BadGateway):
        return None


def _unseen(address: Address) -> NotFound:
    return NotFound(
        f"There is no repository {address.repository}, or it is private: then sign in with a GitHub account that "
        "may see it.",
        field="text",
    )
