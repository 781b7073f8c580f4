"""Posting on PostgreSQL: the rooms are locked, then one statement answers and one writes, whatever there is to write.

The server keeps the plans of all three for each connection: to plan them took longer than to carry them out. Django's
own cursors have nothing prepared, so these go to the driver itself. Behind a pooler that knows no prepared statements
it is turned off by `DATABASE_URL` (`?prepare=off`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
from django.db import connection

from chat.models.posting.answer import ANSWER

if TYPE_CHECKING:
    from chat.models.posting import Asked, NewText


def look_up(asked: Sequence["Asked"]) -> list[tuple[Any, ...]]:
    """A row of `ANSWER` for each, once their rooms are locked.

    Each statement sees what is committed when it begins, so memberships and bans are read as they are under the lock.
    """
    _run(_LOCK, [[*{one.room for one in asked}]])
    return _run(_LOOK_UP, [msgspec.json.encode(asked).decode()])


def insert(new: Sequence["NewText"], at: datetime) -> None:
    """Insert the numbered messages with their log rows, and give them their ids."""
    rows = msgspec.json.encode([_columns(one) for one in new]).decode()
    ids = {(room_id, seq): pk for pk, room_id, seq in _run(_INSERT, [at, rows])}
    for one in new:
        one.pk = ids[one.place.pk, one.first_seq]


def _run(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, parameters, prepare=True).fetchall()


def _columns(one: "NewText") -> dict[str, Any]:
    return {
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


_LOCK = "SELECT id FROM chat_room WHERE slug = ANY(%s) ORDER BY id FOR UPDATE"
# LATERAL with LIMIT has each row looked up by its index: to a planner that knows too little of young tables it seemed
# cheaper to read all messages (six times the time).
_LOOK_UP = ANSWER.format(
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
# One parameter for all rows, as the driver takes its time over each.
_INSERT = """
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
