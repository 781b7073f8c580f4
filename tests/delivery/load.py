"""People who talk without pause while something breaks, and the question whether everything arrived."""

import asyncio
import time

from tests.delivery.house import House
from tests.delivery.ledger import Ledger, Seen, assert_same
from tests.people import Person

# The promise of the product, from the last acknowledgement to the last reader.
EVERYWHERE_WITHIN_S = 10.0
POLL_S = 0.02


class Load:
    """Speakers on all servers, each with a row of messages, and readers who only read."""

    def __init__(
        self,
        house: House,
        *,
        speakers: int,
        messages: int | None,
        readers: int = 2,
        pause_s: float = 0.0,
        room: str = "lobby",
        name: str = "speaker",
    ) -> None:
        """Without a number of `messages` they talk until `done`, and then need a pause between two."""
        self.house = house
        self.room = room
        self.ledger = Ledger()
        self.speakers = [house.person(f"{name} {n}", server=n, room=room) for n in range(speakers)]
        self.readers = [house.person(f"reader {n}", server=n, room=room) for n in range(readers)]
        self._messages = messages
        self._pause_s = pause_s
        self._enough = False
        self._staying: list[asyncio.Task[None]] = []
        self._talking: list[asyncio.Task[None]] = []

    @property
    def acknowledged(self) -> dict[str, int]:
        return self.ledger.acknowledged

    @property
    def people(self) -> list[Person]:
        return [*self.readers, *self.speakers]

    @property
    def refusals(self) -> set[str]:
        """The codes of all errors that anybody's message was answered with before it was acknowledged."""
        return {refusal["code"] for person in self.speakers for refusal in person.refusals}

    async def __aenter__(self) -> "Load":
        for person in self.people:
            await person.wire()
        self._staying = [asyncio.create_task(person.stay()) for person in self.people]
        self._talking = [asyncio.create_task(self._talk(person)) for person in self.speakers]
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in (*self._talking, *self._staying):
            task.cancel()
        await asyncio.gather(*self._talking, *self._staying, return_exceptions=True)
        await asyncio.gather(*(person.leave() for person in self.people))

    async def reached(self, share: float) -> None:
        """Return when this share of all messages is acknowledged."""
        assert self._messages is not None
        await self.acknowledges(share * self._messages * len(self.speakers) - len(self.acknowledged))

    async def acknowledges(self, more: float) -> None:
        """Return when so many more messages are acknowledged."""
        wanted = len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            for task in self._talking:
                if task.done():
                    task.result()
            await asyncio.sleep(POLL_S)

    async def done(self) -> None:
        """Return when everything is acknowledged; who talks without end begins no new message."""
        self._enough = self._messages is None
        await asyncio.gather(*self._talking)

    async def check_everywhere_once(self) -> Seen:
        """Everything acknowledged is stored and with everybody, once, and nobody waits long for it."""
        await self._arrived()
        stored = await asyncio.to_thread(self.house.stored, self.room)
        seen = self.ledger.compare(stored, [person.view for person in self.people])
        assert (seen.lost, seen.twice, seen.unexpected) == (0, 0, 0), seen
        stored.assert_log_is_whole()
        truth = await self.house.fresh_view(self.room)
        assert sorted(truth.messages) == [message_id for message_id, *_ in stored.messages]
        assert_same((person.view for person in self.people), truth)
        return seen

    async def _arrived(self) -> None:
        """Return when everybody has everything, or the time for that is over: what is missing then is lost."""
        began = time.monotonic()
        for person in self.people:
            while not self.ledger.is_with(person.view) and time.monotonic() - began < EVERYWHERE_WITHIN_S:
                await asyncio.sleep(POLL_S)

    async def _talk(self, person: Person) -> None:
        number = 0
        while not self._enough and number != self._messages:
            text = f"{person.name}: {number}"
            self.ledger.attempt(text)
            self.ledger.acknowledge(text, await person.say(text))
            await asyncio.sleep(self._pause_s)
            number += 1
