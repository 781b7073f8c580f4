"""A client of the wire contract for tests: one socket of `chat.v1`, and what it knows of its rooms.

It follows docs/protocol.md and nothing else; no code of the chat is used here.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import websockets
from websockets.asyncio.client import ClientConnection

# Generous: the promise is ten seconds, and tests share two cores.
PATIENCE_S = 60.0

Object = dict[str, Any]


class Refused(Exception):
    """The error that answered a command."""

    def __init__(self, error: Object) -> None:
        super().__init__(f"{error['code']}: {error['detail']}")
        self.code: str = error["code"]
        self.error = error


class Gone(Exception):
    """The socket ended; `code` is the close code, 1006 without a close frame."""

    def __init__(self, code: int | None, reason: str | None) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class View:
    """What a client knows of one room: its messages by id, and the number it is complete to."""

    def __init__(self) -> None:
        self.n: int | None = None
        self.messages: dict[int, Object] = {}
        self.holes = 0
        # Events that came again, or after a later one, on the same socket.
        self.repeats = 0

    def take_page(self, page: Object) -> None:
        """The answer to `subscribe` or `sync`, or a `subscribed` event."""
        if page["reset"]:
            self.messages.clear()
        for message in page["messages"]:
            self._put(message)
        self.n = page["seq"]

    def take_event(self, event: Object) -> bool:
        """A `message` event; False when it shows a hole."""
        message = event["message"]
        self._put(message)
        prev = event.get("prev", message["seq"] - 1)
        if self.n is None or self.n < prev:
            self.holes += 1
            return False
        self.n = max(self.n, message["seq"])
        return True

    def texts(self) -> list[str]:
        """Of all text messages, ascending by id, without the deleted."""
        ordered = (self.messages[key] for key in sorted(self.messages))
        return [
            message["text"] for message in ordered if message["kind"] == "text" and not message["deleted"]
        ]

    def _put(self, message: Object) -> None:
        held = self.messages.get(message["id"])
        if held is None or held["seq"] < message["seq"]:
            self.messages[message["id"]] = message


class Wire:
    """One open `chat.v1` socket. Events go to `events` and, for rooms, into `views`."""

    def __init__(self, socket: ClientConnection, views: dict[str, View]) -> None:
        self.hello: Object = {}
        self.views = views
        self.events: list[Object] = []
        # By room: the number of the latest `message` event of this socket.
        self._latest: dict[str, int] = {}
        self._socket = socket
        self._numbers = itertools.count(1)
        self._replies: dict[str, asyncio.Future[Object]] = {}
        # The views that wait for pages, by the number of the command: a page is taken before the events behind it.
        self._pages: dict[str, View] = {}
        self._changed = asyncio.Condition()
        self._syncs: set[asyncio.Task[None]] = set()
        self._reader = asyncio.create_task(self._read())
        self.ended: Gone | None = None

    @classmethod
    async def connect(
        cls,
        url: str,
        path: str = "/ws/chat/",
        *,
        token: str | None = None,
        views: dict[str, View] | None = None,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Self:
        """Open a socket at a server's http:// address; returns after `hello`."""
        given = {key: value for key, value in query.items() if value is not None}
        target = url.replace("http", "ws", 1) + path + (f"?{urlencode(given)}" if given else "")
        credentials = {"Authorization": f"Bearer {token}"} if token else {}
        socket = await websockets.connect(
            target,
            subprotocols=[websockets.Subprotocol("chat.v1")],
            additional_headers={**credentials, **(headers or {})},
            max_size=None,
            # A test that keeps its loop busy for long is no dead peer.
            ping_interval=None,
            open_timeout=PATIENCE_S,
            proxy=None,
        )
        wire = cls(socket, {} if views is None else views)
        wire.hello = await wire.event("hello")
        return wire

    async def ask(self, type: str, *, page_for: View | None = None, **fields: Any) -> Object:
        """Send a command and return its reply; raises Refused for an error, Gone when the socket ends."""
        number = str(next(self._numbers))
        if page_for is not None:
            self._pages[number] = page_for
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        try:
            await self.send_json({"type": type, "id": number, **fields})
            answer: Object = await asyncio.wait_for(reply, PATIENCE_S)
        finally:
            del self._replies[number]
            self._pages.pop(number, None)
            if not reply.cancel() and not reply.cancelled():
                reply.exception()  # Seen, though perhaps not waited for.
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    async def subscribe(self, room: str, **fields: Any) -> View:
        """Listen to a room, from where its view stands, until the view is complete."""
        view = self.views.setdefault(room, View())
        if view.n is not None:
            fields = {"since": view.n, "epoch": self.hello["epoch"], **fields}
        page = await self.ask("subscribe", page_for=view, room=room, **fields)
        if page["more"]:
            await self.sync(room)
        return view

    async def sync(self, room: str) -> View:
        """Ask for what the view of a room lacks, page by page."""
        view, more = self.views.setdefault(room, View()), True
        while more:
            since = {} if view.n is None else {"since": view.n, "epoch": self.hello["epoch"]}
            page = await self.ask("sync", page_for=view, room=room, **since)
            more = page["more"]
        return view

    async def send_json(self, value: Any) -> None:
        await self.send_raw(json.dumps(value))

    async def send_raw(self, frame: str | bytes) -> None:
        try:
            await self._socket.send(frame)
        except websockets.ConnectionClosed:
            raise await self.gone() from None

    async def event(self, type: str, **fields: Any) -> Object:
        """The first event of this type and with these values, arrived already or not; it is taken away."""

        def find() -> Object | None:
            for event in self.events:
                if event["type"] == type and all(event.get(key) == value for key, value in fields.items()):
                    return event
            return None

        async with asyncio.timeout(PATIENCE_S), self._changed:
            while (found := find()) is None:
                if self.ended is not None:
                    raise self.ended
                await self._changed.wait()
        self.events.remove(found)
        return found

    async def until(self, condition: Any) -> None:
        """Return when the condition holds, asked again after every frame that arrives."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            while not condition():
                if self.ended is not None:
                    raise self.ended
                await self._changed.wait()

    async def gone(self, within_s: float | None = PATIENCE_S) -> Gone:
        """How the socket ended, once it has."""
        async with asyncio.timeout(within_s), self._changed:
            while self.ended is None:
                await self._changed.wait()
        return self.ended

    async def close(self) -> None:
        await self._socket.close()
        await self._reader

    def abort(self) -> None:
        """Cut the line without a word, as a lost network does."""
        self._socket.transport.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for frame in self._socket:
                await self._take(json.loads(frame))
        self.ended = Gone(self._socket.close_code, self._socket.close_reason)
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(self.ended)
        for task in self._syncs:
            task.cancel()
        await asyncio.gather(*self._syncs, return_exceptions=True)
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, frame: Object) -> None:
        reply = self._replies.get(frame.get("id") or "")
        if frame["type"] in ("ok", "error") and reply is not None and not reply.done():
            if frame["type"] == "ok" and frame["id"] in self._pages:
                self._pages[frame["id"]].take_page(frame)
            reply.set_result(frame)
            return
        self._keep_up(frame)
        self.events.append(frame)
        async with self._changed:
            self._changed.notify_all()

    def _keep_up(self, event: Object) -> None:
        if event["type"] == "subscribed":
            slug = event["room"]["slug"]
            view = self.views.setdefault(slug, View())
            view.take_page(event)
            if event["more"]:
                self._sync_soon(slug)
        elif event["type"] == "message" and event["room"] in self.views:
            self._count_repeat(event["room"], event["message"]["seq"])
            if not self.views[event["room"]].take_event(event):
                self._sync_soon(event["room"])
        elif event["type"] == "heartbeat":
            for slug, head in event["heads"].items():
                if slug in self.views and (self.views[slug].n or 0) < head:
                    self._sync_soon(slug)

    def _count_repeat(self, slug: str, seq: int) -> None:
        if seq <= self._latest.get(slug, 0):
            self.views[slug].repeats += 1
        self._latest[slug] = seq

    def _sync_soon(self, slug: str) -> None:
        task = asyncio.create_task(self._sync_quietly(slug))
        self._syncs.add(task)
        task.add_done_callback(self._syncs.discard)

    async def _sync_quietly(self, slug: str) -> None:
        # Whoever was put out meanwhile has nothing to catch up with.
        with contextlib.suppress(Gone, Refused):
            await self.sync(slug)
            async with self._changed:
                self._changed.notify_all()
