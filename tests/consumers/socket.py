"""A socket of the application in this process: what a client sends, and everything it is sent."""

import json
from typing import Any, Self
from urllib.parse import urlencode

from channels.testing import WebsocketCommunicator

from chatproject.asgi import application

PATIENCE_S = 10
HOST = b"testserver"

Object = dict[str, Any]


class Socket:
    """`chat.v1` unless `plain`; `cookie` and `origin` are headers as a browser sends them."""

    def __init__(
        self,
        path: str = "/ws/chat/lobby/",
        *,
        plain: bool = False,
        subprotocols: list[str] | None = None,
        headers: dict[str, str] | None = None,
        **query: object,
    ) -> None:
        sent = [(b"host", HOST)]
        sent += [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        offered = subprotocols if subprotocols is not None else [] if plain else ["chat.v1"]
        target = f"{path}?{urlencode(query)}" if query else path
        self.inner = WebsocketCommunicator(application, target, headers=sent, subprotocols=offered)
        self.events: list[Object] = []
        self._count = 0

    async def __aenter__(self) -> Self:
        accepted, _ = await self.inner.connect(timeout=PATIENCE_S)
        assert accepted
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.inner.disconnect(timeout=PATIENCE_S)

    async def accepted(self) -> bool:
        """Connect and leave at once; whether the handshake was accepted."""
        accepted, _ = await self.inner.connect(timeout=PATIENCE_S)
        if accepted:
            await self.inner.disconnect(timeout=PATIENCE_S)
        return bool(accepted)

    async def receive(self) -> Object:
        """The next frame, whatever it is."""
        output = await self.inner.receive_output(timeout=PATIENCE_S)
        assert output["type"] == "websocket.send", output
        found: Object = json.loads(output["text"])
        return found

    async def closed(self) -> int:
        """The close code, frames before it being kept as events."""
        while True:
            output = await self.inner.receive_output(timeout=PATIENCE_S)
            if output["type"] == "websocket.close":
                return int(output["code"])
            self.events.append(json.loads(output["text"]))

    async def event(self, kind: str) -> Object:
        """The next event of this type; others before it are passed over."""
        for index, event in enumerate(self.events):
            if event["type"] == kind:
                return self.events.pop(index)
        while (frame := await self.receive())["type"] != kind:
            self.events.append(frame)
        return frame

    async def send(self, **frame: object) -> None:
        await self.inner.send_to(text_data=json.dumps(frame))

    async def send_text(self, text: str) -> None:
        await self.inner.send_to(text_data=text)

    async def ask(self, kind: str, **fields: object) -> Object:
        """Send a command and return its reply; events that come first are kept."""
        self._count += 1
        command_id = f"c{self._count}"
        await self.send(type=kind, id=command_id, **fields)
        while (frame := await self.receive()).get("id") != command_id:
            self.events.append(frame)
        return frame

    async def silent(self) -> bool:
        """Whether nothing came since the last frame that was read, until a ping is answered.

        Who comes and goes, and what is unread elsewhere, is told when it suits the server, and does not count.
        """
        before = len(self.events)
        await self.ask("ping")
        return all(event["type"] in ("presence", "activity") for event in self.events[before:])
