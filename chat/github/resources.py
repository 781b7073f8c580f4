"""What GitHub holds at a path, as everything here asks for it: kept for a moment, else one call for all who ask.

The one door to GitHub for the views, the cards and the words. It must not know what the answers are about.
"""

from dataclasses import dataclass
from functools import partial
from typing import Generic, Literal, TypeVar

import msgspec
from django.conf import settings

from chat.errors import BadGateway, ChatError, Forbidden, GatewayTimeout, NotFound, RateLimited
from chat.github.budget import sharing
from chat.github.upstream import client, governor, quota, spending
from chat.github.upstream.client import Asked
from chat.github.upstream.flights import Flights
from chat.github.upstream.identity import Identity, identity
from chat.github.upstream.quota import Quota
from chat.github.upstream.spending import Feature, Spender
from chat.github.upstream.store import Kept, Stores
from chat.github.upstream.verdicts import TokenRefused, is_answer

__all__ = [
    "Feature",
    "Quota",
    "Source",
    "Sourced",
    "TokenRefused",
    "fetch",
    "find",
    "forget_all",
    "granted",
    "is_answer",
]

Form = TypeVar("Form")
Value = TypeVar("Value")
# Kept and young; kept and just confirmed by GitHub; just told by GitHub; kept and old, as GitHub fails.
Source = Literal["cache", "revalidated", "live", "stale"]

# While GitHub fails, what it said before is better than nothing; after a day nobody would call it that.
STALE_SECONDS = 86_400.0


@dataclass(frozen=True)
class Sourced(Generic[Value]):
    """A value, where it comes from, and how many seconds ago GitHub last confirmed it."""

    value: Value
    source: Source
    age: float


_stores = Stores()
_flights: Flights[tuple[Kept, Source]] = Flights()


async def fetch(
    path: str, form: type[Form], *, token: str | None = None, feature: Feature, fresh: bool = False
) -> Sourced[Form]:
    """The resource at `path` in the given form, as `token` sees it (None: the server's own, "": anybody).

    `fresh` asks GitHub even when what is kept is young. While GitHub fails, or must not be asked, what it said
    before is given as `stale`. Raises NotFound, Forbidden, RateLimited, BadGateway (TokenRefused among them),
    GatewayTimeout.
    """
    found = await find(path, form, token=token, feature=feature, fresh=fresh)
    if found.value is None:
        raise NotFound("GitHub does not know this.")
    return Sourced(found.value, found.source, found.age)


async def find(
    path: str, form: type[Form], *, token: str | None = None, feature: Feature, fresh: bool = False
) -> Sourced[Form | None]:
    """The same, but None for what GitHub does not know: an answer like any other, with its source and age."""
    own = token not in (None, "", settings.GITHUB_TOKEN)
    asked = Asked(
        path, settings.GITHUB_TOKEN if token is None else token, Spender("own" if own else "server", feature)
    )
    who = identity(asked.token)
    kept = _stores.get(who, path)
    if kept is not None and not fresh and kept.age < settings.GITHUB_CACHE_SECONDS:
        spending.count(asked.spender, "saved_by_cache")
        return _sourced(kept, "cache", form)
    try:
        return await _told(who, asked, kept, form, fresh)
    except (RateLimited, BadGateway, GatewayTimeout) as error:
        return _instead(who, asked, error, form)


def granted(token: str | None = None) -> Quota:
    """What GitHub still grants to this credential (None: the server's own), as far as its answers have told."""
    return quota.known(identity(settings.GITHUB_TOKEN if token is None else token))


def forget_all() -> None:
    """Know and remember nothing, as after a restart."""
    _stores.clear()
    for each in (governor, quota, spending, sharing):
        each.forget_all()


async def _told(
    who: Identity, asked: Asked, before: Kept | None, form: type[Form], fresh: bool
) -> Sourced[Form | None]:
    """By one call for all who ask now. An answer that makes no sense gives its place back to the one before."""
    (kept, source), shared = await _flights.join((who, asked.path), partial(_call, who, asked), fresh=fresh)
    if shared:
        spending.count(asked.spender, "saved_by_sharing")
    try:
        return _sourced(kept, source, form)
    except BadGateway:
        if before is None:
            _stores.drop(who, asked.path)
        else:
            _stores.put(who, asked.path, before)
        raise


async def _call(who: Identity, asked: Asked) -> tuple[Kept, Source]:
    known = _stores.get(who, asked.path)
    await sharing.before_call(who)
    try:
        async with client.shared() as github:
            kept = await github.read(asked._replace(known=known))
    except NotFound:
        kept = Kept(None)
    except RateLimited:
        await sharing.tell_rest(who, asked.spender.whose)
        raise
    except Forbidden:
        _stores.drop(who, asked.path)
        raise
    except TokenRefused:
        _stores.forget(who)
        raise
    _stores.put(who, asked.path, kept)
    confirmed = known is not None and kept.body is not None and kept.body is known.body
    return kept, "revalidated" if confirmed else "live"


def _instead(who: Identity, asked: Asked, error: ChatError, form: type[Form]) -> Sourced[Form | None]:
    """What was known before GitHub failed, or the error; never for a credential that GitHub refused.

    It is looked for now: while the call was under way, GitHub may have said that it is not to be seen any more.
    """
    if isinstance(error, RateLimited):
        spending.count(asked.spender, "limited")
    kept = _stores.get(who, asked.path)
    if kept is None or kept.body is None or kept.age > STALE_SECONDS or isinstance(error, TokenRefused):
        raise error
    spending.count(asked.spender, "stale")
    return _sourced(kept, "stale", form)


def _sourced(kept: Kept, source: Source, form: type[Form]) -> Sourced[Form | None]:
    age = 0.0 if source in ("live", "revalidated") else kept.age
    return Sourced(None if kept.body is None else _decoded(kept.body, form), source, age)


def _decoded(body: bytes, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadGateway("GitHub's answer is malformed.") from error
