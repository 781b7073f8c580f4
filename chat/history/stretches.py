"""What the database sums up for many rooms or people at once: one statement however many are asked for.

They are handed over as JSON, in one value. Everything is found by its index: CROSS JOIN is taken in this order by
SQLite, and PostgreSQL does not look through OFFSET, where a planner that knows too little of young tables might find
it cheaper to read all messages.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from django.db import connection

# The statements are put together here, of nothing but names.
# ruff: noqa: S608


class Stretch(NamedTuple):
    """The changes of a room in (since, head]."""

    room: int
    since: int
    head: int


class Texts(NamedTuple):
    """What happened in a stretch to the messages of one author.

    `harmless` changes took nothing away; `texts` were added to the main line, of which `newest_id` is the newest
    message, whatever its kind; `calls` is 1 if any of the new messages mentions somebody, else 0.
    """

    room: int
    since: int
    author: int
    harmless: int
    texts: int
    newest_id: int
    calls: int


def belongings(pairs: Collection[tuple[int, int]]) -> list[tuple[int, int, int, int, int]]:
    """Of these people (room, person) those who belong to these rooms: membership, room, person, read position, head.

    All of one moment.
    """
    return _rows(_BELONGINGS, pairs)


def texts_in(stretches: Collection[Stretch]) -> list[Texts]:
    return [Texts._make(row) for row in _rows(_TEXTS, stretches)]


def mentions_in(stretches: Collection[Stretch]) -> list[tuple[int, int, int, int]]:
    """Room, beginning of the stretch, person, and how many of its new messages mention them."""
    return _rows(_MENTIONS, stretches)


def _rows(statements: dict[str, str], asked: Collection[tuple[int, ...]]) -> list[Any]:
    values = msgspec.json.encode(list(asked)).decode()
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor], [values])
        return list(cursor.fetchall())


def _found(names: tuple[str, ...], tables: dict[str, str]) -> dict[str, str]:
    """By database: the table of what was asked for, and the tables in which it is found, by their conditions."""
    columns = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(names))
    sqlite = [f"(SELECT {columns} FROM json_each(%s)) asked"]
    columns = ", ".join(f"(value ->> {place})::bigint AS {name}" for place, name in enumerate(names))
    postgresql = [f"(SELECT {columns} FROM json_array_elements(%s)) asked"]
    for name, condition in tables.items():
        sqlite.append(f"chat_{name} {name} ON {condition}")
        postgresql.append(f"LATERAL (SELECT * FROM chat_{name} {name} WHERE {condition} OFFSET 0) {name}")
    return {"sqlite": " CROSS JOIN ".join(sqlite), "postgresql": " CROSS JOIN ".join(postgresql)}


_CHANGES = {"change": "change.room_id = asked.room AND change.seq > asked.since AND change.seq <= asked.head"}
_MADE = _found(Stretch._fields, _CHANGES | {"message": "message.id = change.message_id"})
_CALLING = _found(Stretch._fields, _CHANGES | {"mention": "mention.message_id = change.message_id"})
_BELONGING = _found(
    ("room", "person"),
    {
        "membership": "membership.room_id = asked.room AND membership.user_id = asked.person",
        "room": "room.id = membership.room_id",
    },
)

_BELONGINGS = {
    vendor: f"SELECT membership.id, asked.room, asked.person, membership.read_id, room.seq FROM {found}"
    for vendor, found in _BELONGING.items()
}
# A kind of change that is not named here may take something away.
_TEXTS = {
    vendor: f"""
        SELECT asked.room, asked.since, message.author_id,
               SUM(CASE WHEN change.kind IN ('create', 'react', 'pin', 'reply') THEN 1 ELSE 0 END),
               SUM(CASE WHEN change.kind = 'create' AND message.thread_id IS NULL AND message.kind = 'text'
                        THEN 1 ELSE 0 END),
               MAX(CASE WHEN change.kind = 'create' AND message.thread_id IS NULL THEN message.id ELSE 0 END),
               MAX(CASE WHEN change.kind = 'create' AND message.mentions <> '[]' THEN 1 ELSE 0 END)
        FROM {found}
        GROUP BY asked.room, asked.since, message.author_id"""
    for vendor, found in _MADE.items()
}
_MENTIONS = {
    vendor: f"""
        SELECT asked.room, asked.since, mention.user_id, COUNT(*)
        FROM {found}
        WHERE change.kind = 'create'
        GROUP BY asked.room, asked.since, mention.user_id"""
    for vendor, found in _CALLING.items()
}
