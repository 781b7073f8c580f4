"""The commands that a client may send, one struct each. Absent and null mean the same."""

from typing import Annotated, Any, Literal

import msgspec

# JavaScript's largest safe integer bounds every number on the wire.
LARGEST_ID = 2**53 - 1
MessageId = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)]
CommandId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
ClientId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Command(msgspec.Struct, kw_only=True, tag_field="type"):
    """`id` is chosen by the client and returned with the one reply."""

    id: CommandId | None = None


class RoomCommand(Command, kw_only=True):
    """`room` is a slug; on a room's own URL it may be left out."""

    room: str | None = None


class Subscribe(RoomCommand, kw_only=True, tag="subscribe"):
    since: Seq | None = None
    epoch: str | None = None


class Unsubscribe(RoomCommand, kw_only=True, tag="unsubscribe"):
    pass


class Send(RoomCommand, kw_only=True, tag="send"):
    text: str
    client_id: ClientId | None = None
    reply_to: MessageId | None = None
    thread: MessageId | None = None
    attachments: list[Any] | None = None


class Edit(Command, kw_only=True, tag="edit"):
    message_id: MessageId
    text: str
    seq: Seq | None = None


class Delete(Command, kw_only=True, tag="delete"):
    message_id: MessageId


class React(Command, kw_only=True, tag="react"):
    message_id: MessageId
    emoji: str
    on: bool


class Pin(Command, kw_only=True, tag="pin"):
    message_id: MessageId
    on: bool


class Sync(RoomCommand, kw_only=True, tag="sync"):
    since: Seq | None = None
    epoch: str | None = None


class Read(RoomCommand, kw_only=True, tag="read"):
    message_id: MessageId


class Unread(RoomCommand, kw_only=True, tag="unread"):
    """Unread from this message on."""

    message_id: MessageId


class Slash(RoomCommand, kw_only=True, tag="slash"):
    """A text that begins with a slash and a word."""

    text: str
    thread: MessageId | None = None


class Typing(RoomCommand, kw_only=True, tag="typing"):
    thread: MessageId | None = None


class Presence(Command, kw_only=True, tag="presence"):
    """Of this connection; a person is online while any of theirs is active."""

    state: Literal["active", "idle"]


class Ping(Command, kw_only=True, tag="ping"):
    pass


AnyCommand = (
    Subscribe
    | Unsubscribe
    | Send
    | Edit
    | Delete
    | React
    | Pin
    | Sync
    | Read
    | Unread
    | Slash
    | Typing
    | Presence
    | Ping
)
