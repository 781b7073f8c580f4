"""The aggregate as it arrives: an item for each account as soon as it is known, and at the end how it went."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import msgspec

from chat.errors import as_chat_error
from chat.github.gathered.people import Failure, GitHubUser, look_up, unknown
from chat.github.resources import Quota, Source, granted, is_answer


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """An account; `index` is its place among the names asked for, `age` in seconds."""

    index: int
    username: str
    status: Literal["ok"] = "ok"
    source: Source
    age: float
    user: GitHubUser


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A name for which there is nothing; without a `source` unless GitHub itself said so."""

    index: int
    username: str
    status: Literal["error"] = "error"
    source: Source | None
    age: float | None
    error: Failure


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The last item: how many came in this answer, how many did not, and what GitHub still grants."""

    done: Literal[True] = True
    ok: int
    failed: int
    quota: Quota


async def arrivals(
    logins: Sequence[str], have: Collection[int] = ()
) -> AsyncGenerator[Arrived | Missing | End, None]:
    """One item for each login, the quickest first, then the End. Closing it early ends what is under way.

    Whoever comes back after a stream that broke off names the places they `have`: nobody asks for these again.
    """
    wanted = [(index, login) for index, login in enumerate(logins) if index not in have]
    ok = 0
    async with _asking(wanted) as tasks:
        for earliest in asyncio.as_completed(tasks):
            item = await earliest
            ok += isinstance(item, Arrived)
            yield item
    yield End(ok=ok, failed=len(wanted) - ok, quota=granted())


@asynccontextmanager
async def _asking(wanted: Sequence[tuple[int, str]]) -> AsyncIterator[list[asyncio.Task[Arrived | Missing]]]:
    """A task for each login; whoever leaves early leaves none of them behind."""
    tasks = [asyncio.create_task(_ask(index, login)) for index, login in wanted]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask(index: int, login: str) -> Arrived | Missing:
    """Never fails: the others' items are on their way already, so trouble becomes an item, too."""
    try:
        found = await look_up(login)
    except Exception as error:
        why = Failure.of(login, as_chat_error(error))
        source: Source | None = "live" if is_answer(error) else None
        return Missing(index=index, username=login, source=source, age=0.0 if source else None, error=why)
    age = round(found.age, 3)
    if found.value is None:
        why = Failure.of(login, unknown(login))
        return Missing(index=index, username=login, source=found.source, age=age, error=why)
    return Arrived(index=index, username=login, source=found.source, age=age, user=found.value)
