"""Posting in SQL of its own: what a batch of drafts is judged by, in one question, and the rows of those taken in.

Through model instances and queries compiled anew each time this was most of what a post cost. What it writes are
the rows that `Message` and `Change` would write, and a test holds them together. Each database has a file of its own
for how it is asked and told.
"""

from collections.abc import Sequence
from datetime import datetime
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from chat.models.message import Message
from chat.models.posting import postgresql, sqlite
from chat.models.room import Room
from chat.models.user import User
from chat.protocol.objects import CardLink


class Asked(msgspec.Struct):
    """What there is to know about one draft: its author in its room, and whether its client id was used before."""

    room: str
    user_id: int
    client_id: str | None


class Place(msgspec.Struct):
    """A room that is posted to. `seq` goes up with each new message."""

    pk: int
    slug: str
    kind: str
    archived: bool
    seq: int


class Author(msgspec.Struct, frozen=True):
    """Who posts, as far as that matters."""

    pk: int
    display_name: str
    kind: str
    is_active: bool

    @property
    def is_guest(self) -> bool:
        return self.kind == User.Kind.GUEST


class First(NamedTuple):
    """A message sent before under a client id of its author; the digest is empty when it was deleted."""

    pk: int
    first_seq: int
    digest: str


class Found(NamedTuple):
    """The answer about one draft: None for a room or a person that is not there."""

    place: Place | None
    author: Author | None
    role: str | None
    banned: bool
    first: First | None


class NewText(msgspec.Struct):
    """A message that is taken in; numbered in its room, and with an id once it is inserted."""

    place: Place
    author: Author
    text: str
    html: str
    client_id: str | None
    digest: str
    mentions: list[int]
    reply_to_id: int | None
    thread_id: int | None
    cards: list[CardLink] = []
    first_seq: int = 0
    pk: int = 0

    @property
    def concerns_somebody(self) -> bool:
        """Whether there may be anybody to tell besides those who listen to the room."""
        answers = self.thread_id is not None or self.reply_to_id is not None
        return answers or bool(self.mentions) or self.place.kind == Room.Kind.DIRECT

    @property
    def kept_cards(self) -> list[dict[str, Any]] | None:
        return msgspec.to_builtins(self.cards) if self.cards else None

    def as_message(self, at: datetime) -> Message:
        """The row as others read it."""
        return Message(
            pk=self.pk,
            room_id=self.place.pk,
            seq=self.first_seq,
            first_seq=self.first_seq,
            text_seq=self.first_seq,
            author_id=self.author.pk,
            client_id=self.client_id,
            digest=self.digest,
            text=self.text,
            html=self.html,
            at=at,
            reply_to_id=self.reply_to_id,
            thread_id=self.thread_id,
            mentions=self.mentions,
            cards=self.kept_cards,
        )


def look_up(asked: Sequence[Asked]) -> list[Found]:
    """Lock the rooms, ascending by id, until the transaction ends; then one answer for each, in order."""
    if not asked:
        return []
    places: dict[int, Place] = {}
    authors: dict[int, Author] = {}
    return [_found(row, places, authors) for row in _database().look_up(asked)]


def insert(new: Sequence[NewText], at: datetime) -> None:
    """Number the messages in their locked rooms, insert them and their log rows, and give them their ids.

    Ids ascend with the numbers: of two messages of a room the later one has both higher.
    """
    for one in new:
        one.place.seq += 1
        one.first_seq = one.place.seq
    _database().insert(new, at)


def _database() -> ModuleType:
    return postgresql if connection.vendor == "postgresql" else sqlite


def _found(row: tuple[Any, ...], places: dict[int, Place], authors: dict[int, Author]) -> Found:
    """One object for each room and person, however many drafts there are."""
    room_id, slug, room_kind, archived, seq, user_id, name, username, user_kind, active, *rest = row
    role, banned, first_id, first_seq, digest = rest
    place = places.get(room_id)
    if place is None and room_id is not None:
        place = places[room_id] = Place(room_id, slug, room_kind, bool(archived), seq)
    author = authors.get(user_id)
    if author is None and user_id is not None:
        author = authors[user_id] = Author(user_id, name or username, user_kind, bool(active))
    first = First(first_id, first_seq, digest) if first_id is not None else None
    return Found(place, author, role, bool(banned), first)
