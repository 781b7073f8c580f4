"""One WebSocket connection: accept, decode, dispatch, reply, clean up. No ORM, no rules of the chat."""

import contextlib
import time
from collections import deque
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from chat import hub, metrics
from chat.dispatch import plain, table, welcome
from chat.dispatch.connection import Connection
from chat.dispatch.outbox import AsgiSend
from chat.dispatch.work import WELCOME
from chat.errors import BadFrame, ChatError
from chat.limits import BAD_FRAMES_PER_MINUTE, FRAME_BYTES
from chat.logs import about
from chat.logs.access import socket_ended
from chat.protocol.closes import CLOSE_OF_ERROR, Close
from chat.protocol.codec import CommandRefused, decode, encode

PROTOCOL = "chat.v1"


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Speaks chat.v1 with those who offer it, and the plain dialect with those who offer nothing."""

    # The hub listens for the whole process; a layer channel for each socket would cost the most of all.
    channel_layer_alias = None
    connection: Connection | None = None
    _code_of_client: int | None = None
    # When the last bad frames came, once there was one.
    _bad_frames: deque[float] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: AsgiSend) -> None:
        """Clean up here: `disconnect` is not called on SIGTERM or after an error."""
        began, address = time.perf_counter(), scope["visitor"].address
        with about(door="socket", path=scope["path"], address=address):
            try:
                await self._serve(scope, receive, send)
            finally:
                if self.connection is not None:
                    await self._clean_up(self.connection, began)

    async def _serve(self, scope: dict[str, Any], receive: Any, send: AsgiSend) -> None:
        """As Channels does, without a task for each message that is waited for: there is one source of them."""
        self.scope, self.base_send = scope, send
        with contextlib.suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def _clean_up(self, connection: Connection, began: float) -> None:
        (await hub.current()).unregister(connection)
        await connection.end()
        codes = connection.close_code, self._code_of_client
        metrics.count_close(*codes)
        dialect = "plain" if connection.plain else PROTOCOL
        socket_ended(began, *codes, user=connection.user_id, dialect=dialect)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """The other side has gone, or has answered our close frame. What is left to do is done in `__call__`."""
        self._code_of_client = message["code"]
        raise StopConsumer

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does, without its thread hop to close database connections: none are used here."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Refuse what speaks no dialect of ours; accept the rest, and tell it what is wrong afterwards."""
        offered = self.scope.get("subprotocols") or []
        room = self.scope["url_route"]["kwargs"].get("room_name")
        if PROTOCOL not in offered and (offered or room is None):
            await self.close()
            return
        extensions = self.scope.get("extensions") or {}
        connection = Connection(
            self.scope["visitor"],
            self.base_send,
            plain=not offered,
            real_closes="chat.close" in extensions,
            wire=extensions.get("chat.wire"),
        )
        connection.work.hold_up(WELCOME)
        if connection.wire is not None:
            connection.wire.listen(self._take)
            # Who it is has been found out; thousands of idle connections need not hold what browsers say.
            self.scope["headers"].clear()
        await self.accept(PROTOCOL if offered else None)
        self.connection = connection
        await self._welcome(connection, room)

    async def _welcome(self, connection: Connection, room: str | None) -> None:
        try:
            await welcome.welcome(connection, room, self.scope["query_string"])
        except ChatError as error:
            self._refuse(connection, error)
        connection.work.go_on(WELCOME)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame that came by ASGI, of any size. What a wire hands over is text within the limit already."""
        connection = self.connection
        if connection is None or connection.closed:
            return
        if text_data is None:
            connection.close(Close.BINARY_FRAME, "Frames are text.")
        elif len(text_data) > FRAME_BYTES or len(text_data.encode("utf-8", "replace")) > FRAME_BYTES:
            connection.close(Close.FRAME_TOO_LONG, f"A frame has at most {FRAME_BYTES} bytes.")
        else:
            await connection.work.room()
            self._take(text_data)

    def _take(self, text: str) -> None:
        """Begin what the frame says. Commands run side by side; their order of arrival is that of their start."""
        connection = self.connection
        if connection is None or connection.closed or connection.work.settling:
            return
        connection.work.pay(connection.payer)
        try:
            if connection.plain:
                plain.begin(connection, plain.decode(text))
            else:
                table.begin(connection, decode(text))
        except CommandRefused as refused:
            self._answer(connection, refused.error, refused.command_id)
        except ChatError as error:
            self._answer(connection, error, None)

    def _answer(self, connection: Connection, error: ChatError, command_id: str | None) -> None:
        """The error of a frame; the tenth bad frame within a minute is the last."""
        if connection.plain:
            connection.deliver(plain.refusal(error))
        else:
            connection.deliver(encode(table.error_frame(error, command_id)))
        if not isinstance(error, BadFrame):
            return
        metrics.bad_frames.inc()
        bad = self._bad_frames = self._bad_frames or deque(maxlen=BAD_FRAMES_PER_MINUTE)
        bad.append(time.monotonic())
        if len(bad) == BAD_FRAMES_PER_MINUTE and bad[-1] - bad[0] < 60:
            connection.close(Close.TOO_MANY_BAD_FRAMES, "Too many bad frames.")

    def _refuse(self, connection: Connection, error: ChatError) -> None:
        """The connection cannot go on: say why, and close with the code that says what to do."""
        self._answer(connection, error, None)
        connection.close(CLOSE_OF_ERROR.get(error.code, Close.SERVER_ERROR), error.detail)
