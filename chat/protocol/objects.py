"""The objects of the protocol, version 1: what commands answer with and events carry. Fields are the contract."""

from typing import Any

import msgspec


class UserObject(msgspec.Struct, frozen=True):
    """A person as everybody may see them."""

    id: int
    name: str
    avatar: str | None
    kind: str


class ReactionObject(msgspec.Struct):
    """One emoji on a message; `users` lists the first 50 ids."""

    emoji: str
    count: int
    users: list[int]


class CardLink(msgspec.Struct, frozen=True):
    """A card that a message shows: its body travels apart, and may never come."""

    id: int
    url: str


class CardLabel(msgspec.Struct, frozen=True):
    """`color` is six hexadecimal digits, or empty."""

    name: str
    color: str


class CardFact(msgspec.Struct, frozen=True):
    name: str
    value: str


class CardObject(msgspec.Struct, frozen=True, kw_only=True):
    """The live view of a GitHub object, as of a moment; the higher version wins.

    `withdrawn`: there is nothing to show (any more), and every other field but the first three is empty.
    """

    id: int
    version: int
    url: str
    kind: str = ""
    name: str = ""
    title: str = ""
    state: str | None = None
    author: str | None = None
    image: str | None = None
    labels: list[CardLabel] = []
    facts: list[CardFact] = []
    excerpt: str = ""
    as_of: str = ""
    stale: bool = False
    private: bool = False
    withdrawn: bool = False


class MessageObject(msgspec.Struct):
    """The whole current message, the same for every reader."""

    id: int
    seq: int
    room: str
    kind: str
    author: UserObject
    text: str
    html: str
    at: str
    client_id: str | None
    edited_at: str | None
    text_seq: int
    deleted: bool
    reply_to: int | None
    event: dict[str, Any] | None
    reactions: list[ReactionObject] = []
    thread: int | None = None
    replies: int = 0
    last_reply_at: str | None = None
    attachments: list[dict[str, Any]] = []
    cards: list[CardLink] = []
    mentions: list[int] = []
    pinned: bool = False


class MyRoom(msgspec.Struct):
    """A room as it is to one reader: their role, position and counts."""

    role: str | None
    read_id: int = 0
    unread: int = 0
    mentions: int = 0
    notify: str = "all"


class RoomObject(msgspec.Struct):
    """A room; `me` is left out of events, which are the same for everybody."""

    slug: str
    name: str
    topic: str
    kind: str
    seq: int
    members: int
    archived: bool
    me: MyRoom | msgspec.UnsetType = msgspec.UNSET


class PageObject(msgspec.Struct):
    """What a `subscribe` or `sync` answers: the client is complete to `seq` after it.

    With `reset` it is the newest page, and says whether there are older messages.
    """

    seq: int
    messages: list[MessageObject]
    more: bool
    reset: bool
    cards: list[CardObject] = []
    has_older: bool | msgspec.UnsetType = msgspec.UNSET


class MemberObject(msgspec.Struct, frozen=True):
    """Somebody in a room; `username` calls them after an @, and is null to readers without an account."""

    user: UserObject
    role: str
    username: str | None = None


class BanObject(msgspec.Struct, frozen=True):
    """Somebody who is kept out of a room; `by` is null when whoever did it is gone."""

    user: UserObject
    by: UserObject | None
    reason: str
    at: str


class RevisionObject(msgspec.Struct, frozen=True):
    """What a message said from the change `seq` on, until it was edited."""

    seq: int
    text: str
    at: str
