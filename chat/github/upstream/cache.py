"""Answers kept for a short time, and one call for all who ask the same at once.

The key says who may see the value (gathered/people.py puts the credential into it). Kept values serve every loop and
thread of the process; a call belongs to the loop that makes it.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Value = TypeVar("Value")
Source = Literal["cache", "revalidated", "live", "stale"]


@dataclass(frozen=True)
class Sourced(Generic[Value]):
    """A value, where it comes from, and how many seconds ago GitHub confirmed it."""

    value: Value
    source: Source
    age: float


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    value: Value
    kept_at: float
    stale_at: float


@dataclass
class _Flight(Generic[Value]):
    task: asyncio.Task[Value]
    askers: int = 0


class Cache(Generic[Value]):
    """At most `most_entries` values, the oldest going first."""

    def __init__(self, most_entries: int) -> None:
        self._most_entries = most_entries
        self._entries: dict[Hashable, _Entry[Value]] = {}
        self._flights: dict[tuple[asyncio.AbstractEventLoop, Hashable], _Flight[Value]] = {}
        self._lock = threading.Lock()  # WSGI asks from several threads; held for dictionary steps only

    async def get(
        self,
        key: Hashable,
        fetch: Callable[[], Coroutine[Any, Any, Value]],
        *,
        seconds: float,
        fresh: bool = False,
    ) -> Sourced[Value]:
        """The kept value of `key`, else (or when it must be `fresh`) one `fetch` for all who wait, kept `seconds`.

        A failed fetch fails those who waited and is not kept. When the last asker gives up, it is cancelled.
        """
        entry = self._entries.get(key)
        if entry is not None and not fresh and (now := time.monotonic()) < entry.stale_at:
            return Sourced(entry.value, "cache", now - entry.kept_at)
        place = (asyncio.get_running_loop(), key)
        flight = self._flights.get(place)
        if flight is None:
            task = asyncio.create_task(self._fetch_and_keep(key, fetch, seconds), name=f"github call {key}")
            flight = self._flights[place] = _Flight(task)
            task.add_done_callback(lambda _: self._land(place, flight))
        return Sourced(await self._ride(place, flight), "live", 0.0)

    def clear(self) -> None:
        """Forget every kept value."""
        with self._lock:
            self._entries.clear()

    async def _fetch_and_keep(
        self, key: Hashable, fetch: Callable[[], Coroutine[Any, Any, Value]], seconds: float
    ) -> Value:
        value = await fetch()
        now = time.monotonic()
        self._keep(key, _Entry(value, now, now + seconds))
        return value

    def _keep(self, key: Hashable, entry: _Entry[Value]) -> None:
        with self._lock:
            self._entries.pop(key, None)  # so that the new one stands last: the first is always the oldest
            self._entries[key] = entry
            while len(self._entries) > self._most_entries:
                del self._entries[next(iter(self._entries))]

    async def _ride(self, place: tuple[asyncio.AbstractEventLoop, Hashable], flight: _Flight[Value]) -> Value:
        flight.askers += 1
        try:
            # Shielded: one who hangs up must not take the answer from the others.
            return await asyncio.shield(flight.task)
        finally:
            flight.askers -= 1
            if not flight.askers and not flight.task.done():
                self._land(place, flight)
                flight.task.cancel()

    def _land(self, place: tuple[asyncio.AbstractEventLoop, Hashable], flight: _Flight[Value]) -> None:
        if self._flights.get(place) is flight:
            del self._flights[place]
