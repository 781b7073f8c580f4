"""People who talk without pause while something breaks, and the question whether everything arrived."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from tests.delivery.house import House
from tests.people import Person

# The promise of the product, from the last acknowledgement to the last reader.
EVERYWHERE_WITHIN_S = 10.0
POLL_S = 0.02


class Load:
    """Speakers on both servers, each with a row of messages, and readers who only read."""

    def __init__(self, house: House, *, speakers: int, messages: int, readers: int = 2) -> None:
        self.house = house
        self.total = speakers * messages
        self.speakers = [house.person(f"speaker {n}", server=n % 2) for n in range(speakers)]
        self.readers = [house.person(f"reader {n}", server=n % 2) for n in range(readers)]
        # Text -> message id, for what was acknowledged.
        self.acknowledged: dict[str, int] = {}
        self._messages = messages
        self._staying: list[asyncio.Task[None]] = []
        self._talking: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Load":
        for person in (*self.readers, *self.speakers):
            await person.wire()
        self._staying = [asyncio.create_task(person.stay()) for person in self.readers]
        self._talking = [asyncio.create_task(self._talk(person)) for person in self.speakers]
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in (*self._talking, *self._staying):
            task.cancel()
        await asyncio.gather(*self._talking, *self._staying, return_exceptions=True)
        await asyncio.gather(*(person.leave() for person in (*self.speakers, *self.readers)))

    async def reached(self, share: float) -> None:
        """Return when this share of all messages is acknowledged."""
        while len(self.acknowledged) < share * self.total:
            self._raise_failures()
            await asyncio.sleep(POLL_S)

    async def done(self) -> None:
        """Return when everything is acknowledged."""
        await asyncio.gather(*self._talking)

    async def check_everywhere_once(self) -> None:
        """Everything acknowledged is in the history and with every reader, once, and nobody waits long for it."""
        began = time.monotonic()
        for reader in self.readers:
            await self._until(began, lambda reader=reader: self._is_complete(reader))  # type: ignore[misc]
        truth = await self.house.fresh_view()
        assert Counter(truth.texts()) == Counter(list(self.acknowledged))
        for text, message_id in self.acknowledged.items():
            assert truth.messages[message_id]["text"] == text
        for reader in self.readers:
            assert reader.view.messages == truth.messages
        assert sorted(message["seq"] for message in truth.messages.values()) == list(
            range(1, len(truth.messages) + 1)
        )

    async def _until(self, began: float, condition: Callable[[], bool]) -> None:
        while not condition():
            assert time.monotonic() - began < EVERYWHERE_WITHIN_S, "not everything arrived in time"
            await asyncio.sleep(POLL_S)

    def _is_complete(self, reader: Person) -> bool:
        return Counter(reader.view.texts()) == Counter(list(self.acknowledged))

    async def _talk(self, person: Person) -> None:
        for number in range(self._messages):
            text = f"{person.name}: {number}"
            answer = await person.say(text)
            self.acknowledged[text] = answer["message_id"]

    def _raise_failures(self) -> None:
        for task in self._talking:
            if task.done():
                task.result()
