"""What GitHub holds at a path, as everything here asks for it: kept for a moment, else one call for all who ask.

The one door to GitHub for the views, the cards and the words. It must not know what the answers are about.
"""

import functools
from typing import Literal, TypeVar, cast

from django.conf import settings

from chat.errors import NotFound
from chat.github.upstream import client
from chat.github.upstream.cache import Cache, Source, Sourced

__all__ = ["Feature", "Source", "Sourced", "fetch", "find", "forget_all"]

Form = TypeVar("Form")
# Who spends the calls.
Feature = Literal["users", "overview", "repository", "card", "word", "hook"]

MOST_REMEMBERED = 1_000  # a few hundred bytes each

_remembered: Cache[object] = Cache(MOST_REMEMBERED)


async def fetch(
    path: str, form: type[Form], *, token: str | None = None, feature: Feature, fresh: bool = False
) -> Sourced[Form]:
    """The resource at `path` in the given form, as `token` sees it (None: the server's own, "": anybody).

    `fresh` asks GitHub even when what is kept is young. Raises NotFound, Forbidden, RateLimited, BadGateway,
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
    token = settings.GITHUB_TOKEN if token is None else token
    call = functools.partial(_call, path, form, token)
    seconds = settings.GITHUB_CACHE_SECONDS
    found = await _remembered.get((client.identity(token), path, form), call, seconds=seconds, fresh=fresh)
    return cast(Sourced[Form | None], found)


def forget_all() -> None:
    """Remember nothing, as after a restart."""
    _remembered.clear()


async def _call(path: str, form: type[Form], token: str) -> object:
    try:
        async with client.shared() as github:
            return await github.read(path, form, token=token)
    except NotFound:
        return None
