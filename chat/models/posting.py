"""Posting in SQL of its own: what a batch of drafts is judged by, in one question, and the rows of those taken in.

Through model instances and queries compiled anew each time this was most of what a post cost. What it writes are
the rows that `Message` and `Change` would write, and a test holds them together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from chat.models.message import Message
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
    rows = msgspec.json.encode(asked).decode()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_LOCK_AND_LOOK_UP, [[*{one.room for one in asked}], rows])
            cursor.nextset()
        else:
            cursor.execute(_LOOK_UP, [rows])
        return [_found(row, places, authors) for row in cursor.fetchall()]


def insert(new: Sequence[NewText], at: datetime) -> None:
    """Number the messages in their locked rooms, insert them and their log rows, and give them their ids.

    Ids ascend with the numbers: of two messages of a room the later one has both higher.
    """
    for one in new:
        one.place.seq += 1
        one.first_seq = one.place.seq
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _insert_at_once(cursor, new, at)
        else:
            _insert_rows(cursor, new, at)


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


def _insert_at_once(cursor: Any, new: Sequence[NewText], at: datetime) -> None:
    """PostgreSQL: one statement with one parameter, as the driver takes its time over each."""
    rows = [
        {
            "room_id": one.place.pk,
            "seq": one.first_seq,
            "author_id": one.author.pk,
            "client_id": one.client_id,
            "digest": one.digest,
            "text": one.text,
            "html": one.html,
            "reply_to_id": one.reply_to_id,
            "thread_id": one.thread_id,
            "mentions": one.mentions,
            "cards": one.kept_cards,
        }
        for one in new
    ]
    cursor.execute(_INSERT_AT_ONCE, [at, msgspec.json.encode(rows).decode()])
    ids = {(room_id, seq): pk for pk, room_id, seq in cursor.fetchall()}
    for one in new:
        one.pk = ids[one.place.pk, one.first_seq]


def _insert_rows(cursor: Any, new: Sequence[NewText], at: datetime) -> None:
    """SQLite: there is one writer at a time, so the next ids are known before the rows are there."""
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chat_message'")
    last = (cursor.fetchone() or (0,))[0]
    moment = connection.ops.adapt_datetimefield_value(at)
    for pk, one in enumerate(new, last + 1):
        one.pk = pk
    cursor.executemany(_INSERT_ROW, [_columns(one, moment) for one in new])
    cursor.execute(_LOG_ROWS, [last])
    for place in {one.place.pk: one.place for one in new}.values():
        cursor.execute("UPDATE chat_room SET seq = %s WHERE id = %s", [place.seq, place.pk])


def _columns(one: NewText, moment: Any) -> tuple[Any, ...]:
    return (
        *(one.pk, one.place.pk, one.first_seq, one.first_seq, one.first_seq, one.author.pk),
        *(one.client_id, one.digest, one.text, one.html, moment, one.reply_to_id, one.thread_id),
        msgspec.json.encode(one.mentions).decode(),
        msgspec.json.encode(one.cards).decode() if one.cards else None,
    )


_ANSWER = """
{before}SELECT room.id, room.slug, room.kind, room.archived_at IS NOT NULL, room.seq,
       author.id, author.name, author.username, author.kind, author.is_active,
       membership.role, ban.id IS NOT NULL, first.id, first.first_seq, first.digest
FROM {known}
ORDER BY asked.place
"""
_LOOK_UP = _ANSWER.format(
    before="",
    known="""(
    SELECT key AS place, json_extract(value, '$.room') AS room, json_extract(value, '$.user_id') AS user_id,
           json_extract(value, '$.client_id') AS client_id
    FROM json_each(%s)
) asked
LEFT JOIN chat_room room ON room.slug = asked.room
LEFT JOIN chat_user author ON author.id = asked.user_id
LEFT JOIN chat_membership membership ON membership.room_id = room.id AND membership.user_id = asked.user_id
LEFT JOIN chat_ban ban ON ban.room_id = room.id AND ban.user_id = asked.user_id
LEFT JOIN chat_message first ON first.author_id = asked.user_id AND first.client_id = asked.client_id""",
)
# Two statements on one way to the server. Each sees what is committed when it begins, so that memberships and bans
# are read as they are once the rooms are locked. LATERAL with LIMIT has each row looked up by its index: to a
# planner that knows too little of young tables it seemed cheaper to read all messages (six times the time).
_LOCK_AND_LOOK_UP = _ANSWER.format(
    before="SELECT id FROM chat_room WHERE slug = ANY(%s) ORDER BY id FOR UPDATE;\n",
    known="""ROWS FROM (json_to_recordset(%s) AS (room text, user_id bigint, client_id text))
     WITH ORDINALITY asked(room, user_id, client_id, place)
LEFT JOIN LATERAL (SELECT * FROM chat_room WHERE slug = asked.room LIMIT 1) room ON TRUE
LEFT JOIN LATERAL (SELECT * FROM chat_user WHERE id = asked.user_id LIMIT 1) author ON TRUE
LEFT JOIN LATERAL (
    SELECT * FROM chat_membership WHERE room_id = room.id AND user_id = asked.user_id LIMIT 1
) membership ON TRUE
LEFT JOIN LATERAL (
    SELECT * FROM chat_ban WHERE room_id = room.id AND user_id = asked.user_id LIMIT 1
) ban ON TRUE
LEFT JOIN LATERAL (
    SELECT * FROM chat_message WHERE author_id = asked.user_id AND client_id = asked.client_id LIMIT 1
) first ON TRUE""",
)

_INSERT_AT_ONCE = """
WITH made AS (
    INSERT INTO chat_message (
        room_id, seq, first_seq, text_seq, kind, author_id, client_id, digest, text, html, at, deleted,
        reply_to_id, thread_id, replies, mentions, cards, pinned
    )
    SELECT room_id, seq, seq, seq, 'text', author_id, client_id, digest, text, html, %s, FALSE,
           reply_to_id, thread_id, 0, mentions, cards, FALSE
    FROM json_to_recordset(%s) row(
        room_id bigint, seq bigint, author_id bigint, client_id text, digest text, text text, html text,
        reply_to_id bigint, thread_id bigint, mentions jsonb, cards jsonb
    )
    ORDER BY seq
    RETURNING id, room_id, seq
), logged AS (
    INSERT INTO chat_change (room_id, seq, message_id, kind)
    SELECT room_id, seq, id, 'create' FROM made ORDER BY id
), numbered AS (
    UPDATE chat_room SET seq = last.seq
    FROM (SELECT room_id, max(seq) AS seq FROM made GROUP BY room_id) last
    WHERE chat_room.id = last.room_id
)
SELECT id, room_id, seq FROM made
"""

_INSERT_ROW = """
INSERT INTO chat_message (
    id, room_id, seq, first_seq, text_seq, kind, author_id, client_id, digest, text, html, at, deleted,
    reply_to_id, thread_id, replies, mentions, cards, pinned
) VALUES (%s, %s, %s, %s, %s, 'text', %s, %s, %s, %s, %s, %s, 0, %s, %s, 0, %s, %s, 0)
"""
_LOG_ROWS = """
INSERT INTO chat_change (room_id, seq, message_id, kind)
SELECT room_id, seq, id, 'create' FROM chat_message WHERE id > %s ORDER BY id
"""
