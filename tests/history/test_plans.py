"""How the database finds what people ask for in a room of 200,000 messages: by an index, never by reading it all.

Plans are looked at, not times: they say the same on every machine.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from chat import history
from chat.actions.attention.read_positions import Move, move
from chat.actions.messages import Draft, post_messages
from chat.models import Membership, Message, Room, User
from tests.cast import Cast, assemble, person

pytestmark = pytest.mark.django_db

MESSAGES = 200_000
# Every so many a reply in the thread of the first message, and a pin.
REPLY_EVERY, PIN_EVERY = 10, 5_000
SMALL_ROOMS = 200
# Tables so long that nothing may read them from end to end.
LONG = ("chat_message", "chat_change", "chat_mention")
READ_MOST = 5_000

# ruff: noqa: S608
NUMBERS = {
    "sqlite": f"WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {MESSAGES})",
    "postgresql": f"WITH number(n) AS (SELECT generate_series(1, {MESSAGES}))",
}


class Installation(NamedTuple):
    cast: Cast
    room: Room


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    """Built once for all tests here, each of which undoes what it does; undone at the end itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = assemble()
        yield Installation(cast, long_room(cast))
        transaction.set_rollback(True)


@pytest.fixture
def cast(built: Installation) -> Cast:
    return built.cast


@pytest.fixture
def long(built: Installation) -> Room:
    return built.room


def long_room(cast: Cast) -> Room:
    """A room in which alice and bob have talked for long, beside many small ones; ids and numbers run side by side."""
    # So that the planner knows that a room is mostly a small part of everything.
    small = [Room(slug=f"small-{n}", name=f"Small {n}") for n in range(SMALL_ROOMS)]
    for few in Room.objects.bulk_create(small):
        Message.objects.bulk_create(
            Message(room=few, author=cast.bob, seq=n, first_seq=n, text_seq=n, text="few", at=timezone.now())
            for n in range(1, 11)
        )
    room = Room.objects.create(slug="long", name="Long", seq=MESSAGES)
    for user in (cast.alice, cast.bob):
        Membership.objects.create(room=room, user=user)
    post_messages([Draft(cast.alice.pk, "lobby", f"{n}", None) for n in range(200)])
    base = Message.objects.latest("id").pk
    _insert(room, cast, base)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # Whoever has read nothing must have everything counted; most people have read most of it.
    Membership.objects.filter(room=room).update(read_id=base + MESSAGES - 200)
    return room


def _insert(room: Room, cast: Cast, base: int) -> None:
    true, false = ("true", "false") if connection.vendor == "postgresql" else ("1", "0")
    empty = "'[]'::jsonb" if connection.vendor == "postgresql" else "'[]'"
    select = f"""
        SELECT {base} + n, {room.pk}, n, n, n, 'text',
               CASE WHEN n % 2 = 0 THEN {cast.alice.pk} ELSE {cast.bob.pk} END,
               '', 'text', '<p>text</p>', '2026-01-01 00:00:00+00:00', {false},
               CASE WHEN n > 1 AND n % {REPLY_EVERY} = 0 THEN {base} + 1 END,
               0, {empty}, CASE WHEN n % {PIN_EVERY} = 1 THEN {true} ELSE {false} END
        FROM number"""
    columns = (
        "id, room_id, seq, first_seq, text_seq, kind, author_id, digest, text, html, at, deleted, thread_id,"
        " replies, mentions, pinned"
    )
    change = f"SELECT {room.pk}, n, {base} + n, 'create' FROM number"
    with connection.cursor() as cursor:
        numbers = NUMBERS[connection.vendor]
        cursor.execute(f"INSERT INTO chat_message ({columns}) {numbers} {select}")
        cursor.execute(f"INSERT INTO chat_change (room_id, seq, message_id, kind) {numbers} {change}")
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('chat_message_id_seq', (SELECT max(id) FROM chat_message))")


def statements(ask: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        ask()
    single = [statement.strip("(\n ") for query in asked for statement in query["sql"].split(";\n")]
    found = [statement for statement in single if statement.startswith(("SELECT", "UPDATE"))]
    assert found
    return found


def scans(statement: str) -> list[str]:
    """The steps of the plan that read one of the long tables, or one of their indexes, from end to end.

    PostgreSQL tells how many rows each step read; what stays below READ_MOST has used an index well, or stopped early.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement)
            found = cursor.fetchone()[0]
            root = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            return [
                str(node)
                for node in nodes(root)
                if node.get("Relation Name") in LONG and read(node) > READ_MOST
            ]
        cursor.execute("EXPLAIN QUERY PLAN " + statement)
        steps = [row[3] for row in cursor.fetchall()]
        return [step for step in steps if step.startswith("SCAN") and step.split()[1] in LONG]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


def read(node: dict[str, Any]) -> int:
    rows = node["Actual Rows"] + sum(
        node.get(f"Rows Removed by {name}", 0) for name in ("Filter", "Index Recheck")
    )
    return int(rows * node["Actual Loops"])


def assert_by_index(ask: Callable[[], object]) -> None:
    for statement in statements(ask):
        assert scans(statement) == [], statement


def test_this_check_sees_a_table_that_is_read_from_end_to_end(long: Room) -> None:
    with pytest.raises(AssertionError):
        assert_by_index(lambda: list(Message.objects.filter(text="nowhere")))


def test_pages_come_from_an_index_wherever_they_are(cast: Cast, long: Room) -> None:
    first = Message.objects.filter(room=long).order_by("id").first()
    assert first is not None
    middle = first.pk + MESSAGES // 2
    bounds: dict[str, int]
    for bounds in ({}, {"before": middle}, {"after": middle}, {"around": middle}, {"before": first.pk + 60}):
        assert_by_index(partial(history.page, cast.alice, "long", **bounds))
        assert_by_index(partial(history.page, cast.alice, "long", thread=first.pk, **bounds))
    assert len(history.page(cast.alice, "long", before=middle).messages) == history.NEWEST_PAGE
    assert_by_index(lambda: history.pinned(cast.alice, "long"))
    assert len(history.pinned(cast.alice, "long")) == MESSAGES // PIN_EVERY


def test_changes_come_from_an_index_wherever_one_resumes(cast: Cast, long: Room) -> None:
    for since in (MESSAGES - 10, MESSAGES - history.SYNC_REACH, MESSAGES // 2, 0, None):
        assert_by_index(partial(history.sync, cast.alice, "long", since, None))
    assert_by_index(lambda: history.changes_since(long.pk, MESSAGES // 2))
    assert_by_index(lambda: history.heads([long.pk, cast.lobby.pk]))


def test_counts_come_from_an_index(cast: Cast, long: Room) -> None:
    newest = Message.objects.filter(room=long).latest("id").pk
    assert_by_index(lambda: history.rooms_for(cast.alice))
    assert_by_index(lambda: move(Move(cast.alice, "long", newest - 20)))


def test_where_members_stand_comes_from_an_index(cast: Cast, long: Room) -> None:
    pairs = [(room.pk, user.pk) for room in (long, cast.lobby) for user in (cast.alice, cast.bob)]
    asked = dict.fromkeys(pairs)
    assert_by_index(lambda: history.standings(asked))
    known = {(one.room_id, one.user_id): one for one in history.standings(asked)}
    post_messages([Draft(cast.alice.pk, room.slug, "@bob look", None) for room in (long, cast.lobby)])
    assert_by_index(lambda: history.standings(known))
    assert len(statements(lambda: history.standings(known))) == 3


def test_a_post_finds_what_it_needs_by_an_index(cast: Cast, long: Room) -> None:
    root = Message.objects.filter(room=long, thread=None).order_by("id").first()
    assert root is not None
    drafts = [Draft(cast.alice.pk, "long", "@bob a reply", "once", reply_to=root.pk, thread=root.pk)]
    assert_by_index(lambda: post_messages(drafts))
    assert_by_index(lambda: post_messages(drafts))


def test_a_message_is_found_by_its_number(cast: Cast, long: Room) -> None:
    newest = Message.objects.filter(room=long).latest("id").pk
    assert_by_index(lambda: history.messages_by_id(cast.bob, [newest, newest - 1]))
    stranger: User = person("stranger")
    assert_by_index(lambda: history.messages_by_id(stranger, [newest]))
