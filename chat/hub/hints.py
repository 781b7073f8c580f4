"""What travels between processes: a hint that a room has change n, and passing events. Either may be lost."""

from typing import Any

import msgspec

from chat.protocol.codec import encode
from chat.protocol.events import Frame, MessageEvent
from chat.protocol.objects import MessageObject

GROUP_PREFIX = "chat_"
USER_GROUP_PREFIX = "user_"
PEOPLE_GROUP = "people"
# Whoever a system message names in one of these is out of the room from that number on, and is told why.
EXPELLING = {"member_left": "left", "member_removed": "removed"}
# After this anybody may have lost the right to read.
KIND_CHANGED = "kind_changed"


class Hint(msgspec.Struct, tag=True, omit_defaults=True):
    """Change `seq` of a room, ready to be sent: `frame` for chat.v1, `plain` for the plain dialect if it has one.

    `prev` is the number that the frame's reader must be complete to. With `recheck` rights may have ended by the
    change: those of the person `expelled` for certain, else those of anybody; `reason` is what they are told.
    """

    room_id: int
    seq: int
    prev: int
    frame: str
    plain: str | None = None
    expelled: int | None = None
    reason: str | None = None
    recheck: bool = False
    # When it was published, in seconds since the epoch by the publisher's clock; only measured with.
    sent_at: float | None = None

    def text_for(self, user_id: int | None, plain: bool, complete_to: int = 0) -> str | None:
        """What a subscriber is sent whose page was complete to a number; the plain dialect has no pages."""
        return self.plain if plain else self.frame if self.seq > complete_to else None

    def puts_out(self, user_id: int | None, read_to: int) -> bool:
        """Whether it puts out this person, who read the room when it was that far."""
        return self.expelled is not None and self.expelled == user_id and self.seq > read_to


class Passing(msgspec.Struct, tag=True, omit_defaults=True):
    """An event without a number, for everybody on a feed (`room.7`, `user.3`). `origin` is the sending hub."""

    feed: str
    frame: str
    plain: str | None = None
    # Not sent to this person's own connections: nobody is told that they type themselves.
    except_user: int | None = None
    # On a room's feed: for these people alone, on all of their connections here, subscribed or not.
    only_users: list[int] | None = None
    # On a person's feed: not for the connection that asked, which has its reply.
    except_connection: str | None = None
    # On a person's feed: the id of the room in which their read position moved.
    moved_in: int | None = None
    # On a room's feed: not before this number, so that whoever was put out by it does not hear of it either.
    after: int = 0

    def text_for(self, user_id: int | None, plain: bool, complete_to: int = 0) -> str | None:
        """The same as of a hint: a page shows the room as it is after the changes that it holds."""
        if 0 < self.after <= complete_to or (self.except_user is not None and self.except_user == user_id):
            return None
        return self.plain if plain else self.frame


class SessionsChanged(msgspec.Struct, tag=True, omit_defaults=True):
    """The sessions of a person are to be checked again; `ended` names one that is over for certain.

    `renewed` names one that goes on under another key, which only the browser's cookie knows.
    """

    user_id: int
    ended: str | None = None
    renewed: str | None = None


class MembershipsChanged(msgspec.Struct, tag=True, omit_defaults=True):
    """A person belongs to other rooms than before: to the one with the id `gained`, or no more to the slug `lost`."""

    user_id: int
    gained: int | None = None
    lost: str | None = None
    reason: str | None = None


class PersonChanged(msgspec.Struct, tag=True, omit_defaults=True):
    """What open connections of a person know of them is out of date."""

    user_id: int
    name: str
    hides_presence: bool


class CardChanged(msgspec.Struct, tag=True, omit_defaults=True):
    """A card has another body: `frame`, for everybody who listens to one of the rooms that show it.

    Without a frame the body is not for everybody, and each process finds out what its own people may see. With a
    `viewer` nothing changed: this person read of it by another process, and wants to see it on their connections.
    """

    card_id: int
    version: int
    rooms: list[int]
    frame: str | None = None
    viewer: int | None = None


class PersonHere(msgspec.Struct):
    """A person as one process sees them: online, idle or (just gone) offline, and the rooms in which they are seen."""

    user_id: int
    state: str
    rooms: list[int]


class PeopleHere(msgspec.Struct, tag=True, omit_defaults=True):
    """Who is connected to the process `origin`: everybody, or with `whole` false only who changed.

    `asking`: the process has just started, and wants the others to say who is there.
    """

    origin: str
    people: list[PersonHere]
    whole: bool = False
    asking: bool = False


Item = Hint | Passing | SessionsChanged | MembershipsChanged | PersonChanged | PeopleHere | CardChanged


def hint_of(room_id: int, message: MessageObject, prev: int | None = None) -> Hint:
    """The hint for the latest change of a message; `prev` is given where a healed hole collapsed."""
    event = MessageEvent(room=message.room, message=message)
    if prev is not None and prev != message.seq - 1:
        event.prev = prev
    hint = Hint(room_id, message.seq, message.seq - 1 if prev is None else prev, encode(event))
    if message.event is not None:
        _mark(hint, message.event)
    return hint


def _mark(hint: Hint, event: dict[str, Any]) -> None:
    """Say whether the change may end rights, whose for certain, and why."""
    name = event["name"]
    if name in EXPELLING:
        # A ban is a removal that names its reason.
        hint.expelled, hint.reason = event["user"]["id"], event.get("reason", EXPELLING[name])
    elif name == KIND_CHANGED:
        hint.reason = KIND_CHANGED
    hint.recheck = hint.reason is not None


def created(room_id: int, message: MessageObject) -> Hint:
    """The hint for a message just made, which the plain dialect hears of too if it is a text."""
    hint = hint_of(room_id, message)
    if message.kind == "text" and message.thread is None:
        hint.plain = plain_frame(message.text)
    return hint


def plain_frame(text: str) -> str:
    """The one thing that the plain dialect ever hears."""
    return encode({"message": text})


def passing(feed: str, frame: Frame, **limits: Any) -> Passing:
    """`limits` are those of Passing: except_user, only_users, except_connection, moved_in, after."""
    return Passing(feed, encode(frame), **limits)


def group_of(item: Item) -> str:
    """The layer group that the item travels in. Channels refuses non-ASCII names, so never the slug."""
    if isinstance(item, Hint):
        return f"{GROUP_PREFIX}{item.room_id}"
    # What a process remembers of a sign-in it must hear of even where that person has no connection; a card may be
    # shown in very many rooms, and is one message for all of them.
    if isinstance(item, PeopleHere | SessionsChanged | PersonChanged | CardChanged):
        return PEOPLE_GROUP
    if isinstance(item, MembershipsChanged):
        return f"{USER_GROUP_PREFIX}{item.user_id}"
    kind, _, number = item.feed.partition(".")
    return f"{GROUP_PREFIX if kind == 'room' else USER_GROUP_PREFIX}{number}"


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Item]).decode


def to_layer(items: list[Item], origin: str) -> dict[str, Any]:
    """One layer message for items of one group. The layer sees bytes, so that the items are packed once."""
    return {"type": "chat.items", "origin": origin, "items": _pack(items)}


def from_layer(message: dict[str, Any]) -> list[Item]:
    """The items of a layer message; raises msgspec.DecodeError, KeyError or TypeError for anything else."""
    return _unpack(message["items"])
