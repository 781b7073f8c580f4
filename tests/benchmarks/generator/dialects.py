"""What the servers under load speak: how a text is said, and what a frame from the server is."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.generator.frames import MASK

# Long enough to be a sentence or two, as people write.
TEXT_BYTES = 200
_FILLER = (
    "and then we looked at it together for a while until somebody had a better idea about what to do " * 3
)
# Each text names its sender and how many the sender sent before; it needs no escape in JSON and no markup.
_MARK = re.compile(rb"from s(\d+)n(\d+)z")
_REPLY_ID = re.compile(rb'"id":\s*"(\d+)"')

DELIVERY, REPLY, OTHER, ERROR, HEARTBEAT = range(5)


@dataclass(frozen=True)
class Dialect:
    """One way to talk. A sender goes on when its `REPLY` came, or with `echoes` its own text.

    `say` makes the payload from room, serial and text; `kind` tells what a payload of the server is. Where nobody
    `hears`, there are answers and no deliveries.
    `first` is sent right after the handshake; the connection is open when `ready` holds for a payload,
    or at once where there is none.
    """

    name: str
    path: Callable[[str], str]
    say: Callable[[str, int, str], bytes]
    kind: Callable[[bytes], int]
    echoes: bool
    hears: bool = True
    subprotocol: str | None = None
    first: bytes | None = None
    ready: Callable[[bytes], bool] | None = None
    mask: bytes = MASK


def text_of(sender: int, serial: int) -> str:
    """A text of 200 bytes that says which it is, and ends as a sentence does."""
    return (f"Hello from s{sender}n{serial}z " + _FILLER)[: TEXT_BYTES - 1] + "."


def mark_of(payload: bytes) -> tuple[int, int]:
    """Sender and serial of the text in a payload."""
    found = _MARK.search(payload)
    if found is None:
        raise ValueError(f"a delivery without a text of ours: {payload[:100]!r}")
    return int(found[1]), int(found[2])


def reply_id(payload: bytes) -> int:
    """The serial that a reply answers."""
    found = _REPLY_ID.search(payload)
    if found is None:
        raise ValueError(f"a reply to nothing: {payload[:100]!r}")
    return int(found[1])


def _chat_kind(payload: bytes) -> int:
    if payload.startswith(b'{"type":"message"'):
        return DELIVERY
    if payload.startswith(b'{"type":"ok"'):
        return REPLY
    return ERROR if payload.startswith((b'{"type":"error"', b'{"type":"goodbye"')) else OTHER


def _chat_say(room: str, serial: int, text: str) -> bytes:
    # Texts are never repeated within an installation, so the text's own beginning serves as the client id.
    client_id = text[:40]
    return f'{{"type":"send","id":"{serial}","room":"{room}","text":"{text}","client_id":"{client_id}"}}'.encode()


def _engine_kind(payload: bytes) -> int:
    if payload.startswith(b"42"):
        return DELIVERY
    return HEARTBEAT if payload == b"2" else OTHER


CHAT = Dialect(
    "chat.v1",
    path=lambda room: f"/ws/chat/{room}/",
    say=_chat_say,
    kind=_chat_kind,
    echoes=False,
    subprotocol="chat.v1",
    ready=lambda payload: payload.startswith(b'{"type":"subscribed"'),
)
# One connection for any room, subscribed to none.
CHAT_ROOMLESS = Dialect(
    "chat.v1",
    path=lambda room: "/ws/chat/",
    say=_chat_say,
    kind=_chat_kind,
    echoes=False,
    hears=False,
    subprotocol="chat.v1",
    ready=lambda payload: payload.startswith(b'{"type":"hello"'),
)
TUTORIAL = Dialect(
    "tutorial",
    path=lambda room: f"/ws/chat/{room}/",
    say=lambda room, serial, text: json.dumps({"message": text}).encode(),
    kind=lambda payload: DELIVERY,
    echoes=True,
)
# The tutorial's consumer, which stores the text before it answers.
STORING = Dialect(
    "acreate",
    path=lambda room: f"/ws/store/{room}/",
    say=lambda room, serial, text: json.dumps({"id": str(serial), "message": text}).encode(),
    kind=lambda payload: REPLY,
    echoes=False,
    hears=False,
)
SOCKET_IO = Dialect(
    "socket.io",
    path=lambda room: f"/socket.io/?EIO=4&transport=websocket&room={room}",
    say=lambda room, serial, text: b"42" + json.dumps(["say", text]).encode(),
    kind=_engine_kind,
    echoes=True,
    first=b"40",
    ready=lambda payload: payload.startswith(b"40"),
)
