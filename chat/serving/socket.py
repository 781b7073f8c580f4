"""One socket of our server: Daphne's, which can also say why it closes.

It must not know the protocol of the chat: which code a refusal gets is the consumer's decision.
"""

from typing import Any

from chat.serving.http import handshake
from chat.serving.incoming.inbound import Inbound
from chat.serving.wire import BINARY, CLOSE_HANDSHAKE_TIMEOUT_S, PONG, Wire

# The key in scope["extensions"] by which an application learns that any close code and a reason may be sent.
CLOSE_EXTENSION = "chat.close"
# RFC 6455: a control frame holds 125 bytes, two of them are the code.
REASON_BYTES = 123


class ChatSocket(Inbound):
    """Sends every close code with its reason, and closes with a frame where autobahn would drop the line."""

    # Given by the server before the application sees the connection.
    wire: Wire

    @property
    def may_send(self) -> bool:
        """Whether frames may go out: the handshake is done, and no close frame has been sent or received."""
        return bool(self.state == self.STATE_OPEN)

    @property
    def closed_with(self) -> int | None:
        """The code with which this side closed, the application or autobahn; None where the other side did."""
        code: int | None = self.localCloseCode if self.closedByMe else None
        return code

    def onOpen(self) -> None:  # noqa: N802 - autobahn's name
        """Let go of the handshake, and of the HTTP channel, which is still asked to produce: the wire does now."""
        super().onOpen()
        self.transport.unregisterProducer()
        handshake.let_go(self)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Carry out one ASGI message of the application."""
        if message.get("type") == "websocket.close" and self.state != self.STATE_CONNECTING:
            self.wire.close(message.get("code") or 1000, message.get("reason") or "")
        else:
            super().handle_reply(message)

    def handle_exception(self, exception: Exception) -> None:
        """The application failed: a socket that is open is told to come back."""
        if self.state == self.STATE_CONNECTING:
            super().handle_exception(exception)
        else:
            self.wire.close(1011, "server error")

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802 - Daphne's name
        """Send one frame of any size: autobahn's sendMessage holds ours to the limit for what comes in."""
        if isinstance(content, str):
            self.wire.put(content)
        else:
            self.wire.put_frame(content, BINARY)

    def sendPong(self, payload: bytes = b"") -> None:  # noqa: N802 - autobahn's name
        """Answer a ping behind what waits: the pongs of one who never reads are bounded like all else."""
        self.wire.put_frame(payload, PONG)

    def close(self, code: int, reason: str, patience_s: float = CLOSE_HANDSHAKE_TIMEOUT_S) -> None:
        """Start the closing handshake now; a socket that is closing already stays as it is."""
        self.closeHandshakeTimeout = patience_s
        truncated = reason.encode()[:REASON_BYTES].decode(errors="ignore").encode()
        self.sendCloseFrame(code=code, reasonUtf8=truncated)

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802 - autobahn's name
        """Whoever closes, what was put on the wire before goes out before."""
        self.wire.outlet.write([self.wire])
        super().sendCloseFrame(*args, **kwargs)

    def _fail_connection(self, code: int = 1001, reason: str = "going away") -> None:
        """Once: a second failure of the same bad frame would drop the line before our close frame is read."""
        if not self.failedByMe:
            super()._fail_connection(code, reason)
