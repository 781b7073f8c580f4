"""The frames that a server sends: replies to commands, and events."""

import msgspec

from chat.protocol.objects import CardObject, MessageObject, RoomObject, UserObject

PROTOCOL_VERSION = 1


class Limits(msgspec.Struct, frozen=True):
    message_chars: int
    frame_bytes: int


class Frame(msgspec.Struct, tag_field="type", kw_only=True):
    """Anything that goes to a client."""


class Hello(Frame, kw_only=True, tag="hello"):
    """The first frame: who you are, and what holds here. `heartbeat` is in seconds."""

    epoch: str
    user: UserObject | None
    limits: Limits
    server_time: str
    heartbeat: int
    guest_token: str | None = None
    protocol: int = PROTOCOL_VERSION


class Ok(Frame, kw_only=True, tag="ok"):
    """The reply to a command that was carried out."""

    id: str


class SentOk(Ok, kw_only=True, tag="ok"):
    message_id: int
    seq: int
    duplicate: bool


class SeqOk(Ok, kw_only=True, tag="ok"):
    seq: int


class PageOk(Ok, kw_only=True, tag="ok"):
    seq: int
    messages: list[MessageObject]
    cards: list[CardObject]
    more: bool
    reset: bool
    has_older: bool | msgspec.UnsetType = msgspec.UNSET


class SubscribedOk(PageOk, kw_only=True, tag="ok"):
    room: RoomObject
    online: list[int]


class ReadOk(Ok, kw_only=True, tag="ok"):
    """`read_id` only moves forward; the counts are what is left above it."""

    read_id: int
    unread: int
    mentions: int


class UnreadOk(Ok, kw_only=True, tag="ok"):
    unread: int
    mentions: int


class SlashOk(Ok, kw_only=True, tag="ok"):
    """The message that was posted; null where the answer came as a `result`."""

    message_id: int | None = None
    seq: int | None = None


class PongOk(Ok, kw_only=True, tag="ok"):
    server_time: str


class Error(Frame, kw_only=True, tag="error"):
    id: str | None
    code: str
    detail: str
    retryable: bool
    retry_after: float | None
    field: str | None


class Subscribed(Frame, kw_only=True, tag="subscribed"):
    """The changes since the number asked for, or with `reset` the newest page."""

    room: RoomObject
    seq: int
    messages: list[MessageObject]
    cards: list[CardObject]
    more: bool
    reset: bool
    online: list[int]
    has_older: bool | msgspec.UnsetType = msgspec.UNSET


class MessageEvent(Frame, kw_only=True, tag="message"):
    """Durable. Covers the numbers in (prev, message.seq]; `prev` is left out when it is seq - 1."""

    room: str
    message: MessageObject
    prev: int | msgspec.UnsetType = msgspec.UNSET


class RoomEvent(Frame, kw_only=True, tag="room"):
    room: RoomObject


class UserEvent(Frame, kw_only=True, tag="user"):
    """The name, the picture or the status of a person changed."""

    user: UserObject


class CardEvent(Frame, kw_only=True, tag="card"):
    """The body of a card changed; the higher `version` wins."""

    card: CardObject


class TypingEvent(Frame, kw_only=True, tag="typing"):
    """Ephemeral; `thread` is left out for the room itself."""

    room: str
    user: UserObject
    thread: int | msgspec.UnsetType = msgspec.UNSET


class PresenceEvent(Frame, kw_only=True, tag="presence"):
    """`state` is online, idle or offline."""

    user: int
    state: str


class Activity(Frame, kw_only=True, tag="activity"):
    """Something happened in a room that the reader belongs to and is not subscribed to."""

    room: str
    message_id: int
    unread: int
    mentions: int


class ReadEvent(Frame, kw_only=True, tag="read"):
    """One's own read position moved on another device; `message_id` is the last message read, 0 for none."""

    room: str
    message_id: int
    unread: int
    mentions: int


class Notification(Frame, kw_only=True, tag="notification"):
    """`kind` is mention, direct or reply; `text` the beginning of the message."""

    kind: str
    room: str
    message_id: int
    text: str


class Removed(Frame, kw_only=True, tag="removed"):
    room: str
    reason: str


class Heartbeat(Frame, kw_only=True, tag="heartbeat"):
    heads: dict[str, int]
    server_time: str


class Result(Frame, kw_only=True, tag="result"):
    """The answer to a slash command, for whoever typed it alone; not stored."""

    room: str
    text: str
    html: str


class Notice(Frame, kw_only=True, tag="notice"):
    text: str
    room: str | msgspec.UnsetType = msgspec.UNSET


class Goodbye(Frame, kw_only=True, tag="goodbye"):
    """The server is about to close; come back after `reconnect_after` seconds, jittered already."""

    reason: str
    reconnect_after: float
