"""People for tests: each comes back after a cut and repeats what was not acknowledged."""

import asyncio
import uuid
from urllib.parse import quote

import websockets

from tests.wire import PATIENCE_S, Gone, Object, Refused, View, Wire

RETRY_PAUSE_S = 0.1
COME_BACK_CODES = {None, 1000, 1005, 1006, 1011, 1012, 1013}


class Person:
    """Somebody in one room, the same over all cuts: token, view and unanswered message are kept."""

    def __init__(self, urls: list[str], room: str, *, name: str, token: str | None = None) -> None:
        self.name = name
        self.room = room
        self.token = token
        self.urls = urls
        self.views: dict[str, View] = {room: View()}
        self.goodbyes: list[Object] = []
        self.closes: list[int | None] = []
        # The errors that messages were answered with before they were acknowledged.
        self.refusals: list[Object] = []
        # How many messages turned out to have been taken although no answer came.
        self.duplicates = 0
        self._epoch: str | None = None
        self._turn = 0
        self._wire: Wire | None = None
        self._coming_back = asyncio.Lock()

    @property
    def view(self) -> View:
        return self.views[self.room]

    async def wire(self) -> Wire:
        """The open socket, subscribed and complete; after a cut a new one, where somebody answers."""
        async with self._coming_back, asyncio.timeout(PATIENCE_S):
            while self._wire is None or self._wire.ended is not None:
                if self._wire is not None:
                    self._remember_end(self._wire)
                    self._wire = None
                self._wire = await self._try()
            return self._wire

    async def say(self, text: str, client_id: str | None = None) -> Object:
        """Send until it is acknowledged, always with the same client id, as the contract asks."""
        client_id = client_id or str(uuid.uuid4())
        while True:
            wire = await self.wire()
            try:
                answer = await wire.ask("send", room=self.room, text=text, client_id=client_id)
                self.duplicates += answer["duplicate"]
                return answer
            except Gone as gone:
                if gone.code not in COME_BACK_CODES:
                    raise
            except Refused as refusal:
                if not refusal.error["retryable"]:
                    raise
                self.refusals.append(refusal.error)
                await asyncio.sleep(refusal.error["retry_after"] or RETRY_PAUSE_S)

    async def stay(self) -> None:
        """Come back after every cut, until cancelled: what a reader does who only reads."""
        while True:
            await (await self.wire()).gone(within_s=None)

    async def leave(self) -> None:
        if self._wire is not None:
            await self._wire.close()
            self._remember_end(self._wire)
            self._wire = None

    def _remember_end(self, wire: Wire) -> None:
        self.goodbyes += [event for event in wire.events if event["type"] == "goodbye"]
        self.closes.append(wire.ended.code if wire.ended else None)

    async def _try(self) -> Wire | None:
        url = self.urls[self._turn % len(self.urls)]
        try:
            wire = await Wire.connect(
                url,
                f"/ws/chat/{quote(self.room)}/",
                token=self.token,
                views=self.views,
                name=self.name,
                since=self.view.n,
                epoch=self._epoch,
            )
        except (OSError, Gone, websockets.InvalidMessage, websockets.InvalidStatus):
            self._turn += 1
            await asyncio.sleep(RETRY_PAUSE_S)
            return None
        self.token = self.token or wire.hello["guest_token"]
        self._epoch = wire.hello["epoch"]
        try:
            await wire.event("subscribed")
        except Gone:
            self._remember_end(wire)
            return None
        return wire
