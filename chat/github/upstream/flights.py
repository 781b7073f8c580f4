"""One call for all who ask the same at once. A call belongs to the loop that makes it."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Place = tuple[asyncio.AbstractEventLoop, Hashable]


@dataclass
class _Flight(Generic[Value]):
    task: asyncio.Task[Value]
    askers: int = 0


class Flights(Generic[Value]):
    """The calls that are under way, by loop and key; the key says who may share the answer."""

    def __init__(self) -> None:
        self._flights: dict[Place, _Flight[Value]] = {}

    async def join(
        self, key: Hashable, fetch: Callable[[], Coroutine[Any, Any, Value]], *, fresh: bool = False
    ) -> tuple[Value, bool]:
        """The result of one `fetch` for all who ask for `key` now, and whether it was made for somebody else.

        Who wants it `fresh` does not take the answer of a call that had begun before, but shares the next one.
        A failed fetch fails all who waited. When the last of them gives up, it is cancelled.
        """
        place = (asyncio.get_running_loop(), key)
        if fresh and (earlier := self._flights.get(place)) is not None:
            await asyncio.wait([earlier.task])
        flight = self._flights.get(place)
        others = flight is not None
        if flight is None:
            flight = self._flights[place] = self._start(place, fetch)
        return await self._ride(place, flight), others

    def _start(self, place: Place, fetch: Callable[[], Coroutine[Any, Any, Value]]) -> _Flight[Value]:
        flight = _Flight(asyncio.create_task(fetch(), name="github call"))
        flight.task.add_done_callback(lambda _: self._land(place, flight))
        return flight

    async def _ride(self, place: Place, flight: _Flight[Value]) -> Value:
        flight.askers += 1
        try:
            # Shielded: one who hangs up must not take the answer from the others.
            return await asyncio.shield(flight.task)
        finally:
            flight.askers -= 1
            if not flight.askers and not flight.task.done():
                self._land(place, flight)
                flight.task.cancel()

    def _land(self, place: Place, flight: _Flight[Value]) -> None:
        if self._flights.get(place) is flight:
            del self._flights[place]
