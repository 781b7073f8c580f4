"""Every promise of the stored history can be broken, and the check of it then says so."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from chat.actions.edits import delete_message, edit_message
from chat.actions.reactions import react
from chat.models import Ban, CardShown, Mention, Message
from chat.verification import CHECKS, Outcome, check_all
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db

# By promise: a statement after which it does not hold any more. {names} are of the stage below.
BREAKS = {
    "whatever a row names exists": "DELETE FROM chat_user WHERE id = {carol}",
    "the log of every room is dense, from 1": "DELETE FROM chat_change WHERE room_id = {lobby} AND seq = 2",
    "every room stands at its latest change": "UPDATE chat_room SET seq = seq + 1 WHERE id = {lobby}",
    "every message stands at its latest change and knows its first": (
        "UPDATE chat_message SET first_seq = seq WHERE id = {edited}"
    ),
    "every text is as old as one of its message's changes": (
        "UPDATE chat_message SET text_seq = seq + 1 WHERE id = {root}"
    ),
    "every message was made by the first of its changes, and by no other": (
        "UPDATE chat_change SET kind = 'create' WHERE message_id = {edited}"
    ),
    "no two messages of a room have one number": (
        "UPDATE chat_message SET seq = (SELECT seq FROM chat_message AS other WHERE other.id = {root})"
        " WHERE id = {edited}"
    ),
    "the ids of a room's messages ascend with their first numbers": (
        "UPDATE chat_message SET first_seq = 900 WHERE id = {edited}"
    ),
    "every client id of a person was accepted once": (
        "UPDATE chat_message SET client_id = 'twice', author_id = {bob}"
    ),
    "the changes of a message are in its room": "UPDATE chat_message SET room_id = {open} WHERE id = {edited}",
    "deleted messages hold no content": "UPDATE chat_message SET html = '<p>still here' WHERE id = {gone}",
    "deleted messages have no earlier texts": "UPDATE chat_revision SET message_id = {gone}",
    "deleted messages have no reactions": "UPDATE chat_reaction SET message_id = {gone}",
    "earlier texts are older than the present one": "UPDATE chat_revision SET seq = 900",
    "replies and quotes stay in their room": "UPDATE chat_message SET reply_to_id = {elsewhere} WHERE id = {root}",
    "threads have one level": "UPDATE chat_message SET thread_id = {reply} WHERE id = {edited}",
    "threads count their replies": "UPDATE chat_message SET last_reply_at = NULL WHERE id = {root}",
    "mentions are counted as they are written": "DELETE FROM chat_mention",
    "mentions are counted in the room of their message": "UPDATE chat_mention SET room_id = {open}",
    "cards are shown in the room of their message, which says so": "UPDATE chat_cardshown SET room_id = {open}",
    "rooms count their members": "UPDATE chat_room SET member_count = 7 WHERE id = {open}",
    "nobody is a member and kept out": "UPDATE chat_ban SET user_id = {bob}",
}


@pytest.fixture
def stage(cast: Cast) -> Iterator[dict[str, int]]:
    """A bit of everything, in tables without constraints that stand before the real ones until the test ends."""
    ids = {
        **{name: getattr(cast, name).pk for name in ("alice", "bob", "carol", "lobby", "open")},
        "edited": say(cast.bob, cast.lobby, "one", "c-1").message_id,
        "gone": say(cast.bob, cast.lobby, "two").message_id,
        "root": say(cast.alice, cast.lobby, "three").message_id,
        "reply": say(cast.bob, cast.lobby, "four").message_id,
        "elsewhere": say(cast.carol, cast.lobby, "five, @alice").message_id,
    }
    ids["elsewhere"] = say(cast.bob, cast.open, "six").message_id
    edit_message(cast.bob, ids["edited"], "one and a half")
    react(cast.alice, ids["edited"], "👍", True)
    delete_message(cast.bob, ids["gone"])
    Ban.objects.create(room=cast.lobby, user=cast.carol)
    _make_a_thread(ids["root"], ids["reply"])
    _mention(cast, ids["reply"])
    _show_a_card(cast, ids["root"])
    tables = sorted(name for name in connection.introspection.table_names() if name.startswith("chat_"))
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM {table}")  # noqa: S608
        yield ids
        transaction.set_rollback(True)


def _make_a_thread(root: int, reply: int) -> None:
    at = Message.objects.get(pk=reply).at
    Message.objects.filter(pk=reply).update(thread=root)
    Message.objects.filter(pk=root).update(replies=1, last_reply_at=at)


def _mention(cast: Cast, message: int) -> None:
    Message.objects.filter(pk=message).update(mentions=[cast.alice.pk])
    Mention.objects.get_or_create(message_id=message, user=cast.alice, room=cast.lobby)


def _show_a_card(cast: Cast, message: int) -> None:
    Message.objects.filter(pk=message).update(cards=[{"id": 1, "url": "https://cards.example/one"}])
    CardShown.objects.create(card_id=1, message_id=message, room=cast.lobby)


def broken() -> dict[str, Outcome]:
    return {outcome.promise: outcome for outcome in check_all("default") if outcome.broken}


def test_what_the_actions_made_keeps_every_promise(stage: dict[str, int]) -> None:
    assert broken() == {}
    assert len(list(check_all("default"))) == len(CHECKS)


@pytest.mark.parametrize("promise", BREAKS)
def test_a_broken_promise_is_found(stage: dict[str, int], promise: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BREAKS[promise].format(**stage))
    outcome = broken()[promise]
    assert outcome.broken >= 1
    assert outcome.examples


def test_each_promise_is_broken_once_here() -> None:
    assert {check.promise for check in CHECKS} == {"the database itself is sound", *BREAKS}


def test_a_finding_says_where_it_is(stage: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BREAKS["the log of every room is dense, from 1"].format(**stage))
    [example] = broken()["the log of every room is dense, from 1"].examples
    assert example == f"room {stage['lobby']}: after change 1 comes 3"


def test_a_thousand_alike_are_counted_and_not_all_told(cast: Cast, stage: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chat_change")
        for number in range(1, 100):
            cursor.execute(
                "INSERT INTO chat_change (id, room_id, seq, message_id, kind) VALUES (%s, %s, %s, %s, 'edit')",
                [number, stage["lobby"], number * 2, stage["root"]],
            )
    outcome = broken()["the log of every room is dense, from 1"]
    assert outcome.broken == 99
    assert len(outcome.examples) == 20


def test_a_database_that_refuses_to_be_read_is_a_finding(stage: dict[str, int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chat_change RENAME COLUMN seq TO number")
        outcomes = list(check_all("default"))
        transaction.set_rollback(True)
    assert outcomes[-1].broken == 1
    assert outcomes[-1].examples[0].startswith("the database refused: ")
