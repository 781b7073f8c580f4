"""Two processes of an installation in one event loop: each with a hub, a door and batches of its own.

They share the database, and otherwise know of each other only what the network between them lets through.
"""

import asyncio
import itertools
import random
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextvars import ContextVar
from typing import Any

import pytest
import websockets
from channels.layers import channel_layers

from chat import database
from chat.actions.attention.read_positions import move_all
from chat.actions.messages import post_messages
from chat.hub import Hub
from chat.hub.hints import Hint, Item, PeopleHere, from_layer, to_layer
from chat.readers import DatabaseReaders
from chatproject.asgi import application

Object = dict[str, Any]

CLEAR, LOST, TWICE, LATE = "clear", "lost", "twice", "late"

_acting: ContextVar["Process"] = ContextVar("acting")


class Network:
    """A channel layer. What becomes of an item is said by `fates`, of a change by its number, so of others in turn."""

    def __init__(self) -> None:
        self.fates = [CLEAR]
        self._late: list[tuple[str, Object]] = []
        self._turns = itertools.count()
        self._groups: dict[str, set[str]] = defaultdict(set)
        self._channels: dict[str, asyncio.Queue[Object]] = {}

    async def new_channel(self) -> str:
        name = f"channel {len(self._channels)}"
        self._channels[name] = asyncio.Queue()
        return name

    async def group_discard(self, group: str, channel: str) -> None:
        self._groups[group].discard(channel)

    async def group_add_all(self, groups: Iterable[str], channel: str) -> None:
        for group in groups:
            self._groups[group].add(channel)

    async def group_send(self, group: str, message: Object) -> int:
        for item in from_layer(message):
            alone = to_layer([item], message["origin"])
            self._send(group, {**alone, "group": group}, self._fate(item))
        return len(self._groups[group])

    async def group_send_all(self, messages: Iterable[tuple[str, Object]]) -> None:
        for group, message in messages:
            await self.group_send(group, message)

    async def receive(self, channel: str) -> Object:
        return await self._channels[channel].get()

    async def flush(self) -> None:
        """A hub has stopped: nothing is kept for it alone."""

    def release(self, seed: int) -> None:
        """What is late arrives now, in any order."""
        late, self._late = self._late, []
        random.Random(seed).shuffle(late)
        for group, message in late:
            self._send(group, message, CLEAR)

    def _fate(self, item: Item) -> str:
        # Who is there is repeated all the time: it must not move what becomes of the others.
        if isinstance(item, PeopleHere):
            return CLEAR
        turn = item.seq if isinstance(item, Hint) else next(self._turns)
        return self.fates[turn % len(self.fates)]

    def _send(self, group: str, message: Object, fate: str) -> None:
        if fate == LATE:
            self._late.append((group, message))
            return
        for channel in sorted(self._groups[group]):
            for _ in range({CLEAR: 1, TWICE: 2, LOST: 0}[fate]):
                self._channels[channel].put_nowait(message)


class Process:
    """What is one per process: here it is that of the context in which something is done."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.readers = CountingReaders()
        self.hub = Hub(self.readers)
        self.posts = database.Batch(self._acted(post_messages))
        self.moves = database.Batch(self._acted(move_all))

    async def write(self, action: Callable[..., Any], *args: Any) -> Any:
        """Something that changes rows, done by this process."""
        token = _acting.set(self)
        try:
            return await database.write(action, *args)
        finally:
            _acting.reset(token)

    async def serve(self, scope: Object, receive: Any, send: Any) -> None:
        """A socket of this process, from the first message to the last."""
        _acting.set(self)
        await application(scope, receive, send)

    def _acted(self, function: Callable[[list[Any]], list[Any]]) -> Callable[[list[Any]], list[Any]]:
        def act(items: list[Any]) -> list[Any]:
            _acting.set(self)
            return function(items)

        return act


class CountingReaders(DatabaseReaders):
    """Looks at the heads of rooms only while it is `looking`, so that holes may grow.

    Counts the rounds of that: what a hub has not found after many of them it will never find.
    """

    looking = False
    rounds = 0

    async def heads(self, room_ids: list[int]) -> dict[int, int]:
        if not self.looking:
            return {}
        found = await super().heads(room_ids)
        self.rounds += 1
        return found


class _Hubs:
    """What the product keeps one of per loop and process."""

    def __contains__(self, loop: object) -> bool:
        return True

    def __getitem__(self, loop: object) -> Hub:
        return _acting.get().hub

    def items(self) -> list[tuple[asyncio.AbstractEventLoop, Hub]]:
        process = _acting.get()
        return [(process.loop, process.hub)]


class _Batches:
    def __init__(self, name: str) -> None:
        self._name = name

    async def put(self, item: Any) -> Any:
        return await getattr(_acting.get(), self._name).put(item)

    def submit(self, item: Any, answer: Callable[[Any], None]) -> None:
        getattr(_acting.get(), self._name).submit(item, answer)


def separate(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    """From now on there may be several processes here, and this network between them."""
    monkeypatch.setitem(channel_layers.backends, "default", network)
    monkeypatch.setattr("chat.hub._hubs", _Hubs())
    for name in ("posts", "moves"):
        monkeypatch.setattr(f"chat.dispatch.table.{name}", _Batches(name))


class Line:
    """One socket without a wire: what `websockets` is to a Wire. `heard` is every frame that came, in its order."""

    def __init__(self, process: Process, token: str) -> None:
        self.close_code: int | None = None
        self.close_reason = ""
        self.heard: deque[str] = deque()
        self._up: asyncio.Queue[Object] = asyncio.Queue()
        self._down: asyncio.Queue[str | None] = asyncio.Queue()
        scope = {
            **{"type": "websocket", "path": "/ws/chat/", "query_string": b"", "scheme": "ws"},
            **{"subprotocols": ["chat.v1"], "extensions": {"chat.close": {}}, "client": ("127.0.0.1", 1)},
            "headers": [(b"authorization", f"Bearer {token}".encode())],
        }
        self._up.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(process.serve(scope, self._up.get, self._take))

    async def send(self, frame: str) -> None:
        if self.close_code is not None:
            raise websockets.ConnectionClosedError(None, None)
        self._up.put_nowait({"type": "websocket.receive", "text": frame})

    async def close(self) -> None:
        self._end(1000, "")
        await self._task

    def abort(self) -> None:
        self._end(1006, "")

    async def __aiter__(self) -> AsyncIterator[str]:
        while (frame := await self._down.get()) is not None:
            yield frame

    async def _take(self, message: Object) -> None:
        if message["type"] == "websocket.send" and self.close_code is None:
            self.heard.append(message["text"])
            self._down.put_nowait(message["text"])
        elif message["type"] == "websocket.close":
            self._end(message["code"], message.get("reason", ""))

    def _end(self, code: int, reason: str) -> None:
        if self.close_code is None:
            self.close_code, self.close_reason = code, reason
            self._up.put_nowait({"type": "websocket.disconnect", "code": code})
            self._down.put_nowait(None)
