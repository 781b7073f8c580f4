"""Rows as the objects of the protocol: every field there, at the value that the contract gives it."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from chat import history
from chat.models import Membership, Message, Room, User
from chat.payloads import (
    message_object,
    my_room_object,
    reaction_objects,
    room_object,
    timestamp,
    user_object,
)
from chat.protocol.objects import MyRoom, ReactionObject
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db

FIELDS = {
    *("id", "seq", "room", "kind", "author", "text", "html", "at", "client_id", "edited_at", "text_seq"),
    *("deleted", "reply_to", "thread", "replies", "last_reply_at", "reactions", "attachments", "cards"),
    *("mentions", "pinned", "event"),
}


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC), "2026-01-02T03:04:05.678Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 0, UTC), "2026-01-02T03:04:05.000Z"),
        (datetime(2026, 1, 2, 0, 0, 0, 999_999, timezone(timedelta(hours=2))), "2026-01-01T22:00:00.999Z"),
    ],
)
def test_times_are_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert timestamp(moment) == text


def test_a_message_has_every_field_of_the_contract(cast: Cast) -> None:
    posted = say(cast.alice, cast.open, "*hi*", "k")
    found = msgspec.to_builtins(history.message_for(cast.alice, posted.message_id))
    assert set(found) == FIELDS
    at = found.pop("at")
    assert at.endswith("Z")
    assert found == {
        "id": posted.message_id,
        "seq": 1,
        "room": "open",
        "kind": "text",
        "author": {"id": cast.alice.pk, "name": "Alice", "avatar": None, "kind": "user"},
        "text": "*hi*",
        "html": "<p><em>hi</em></p>",
        "client_id": "k",
        "edited_at": None,
        "text_seq": 1,
        "deleted": False,
        "reply_to": None,
        "thread": None,
        "replies": 0,
        "last_reply_at": None,
        "reactions": [],
        "attachments": [],
        "cards": [],
        "mentions": [],
        "pinned": False,
        "event": None,
    }


def test_a_deleted_row_gives_nothing_away_whatever_it_still_holds(cast: Cast) -> None:
    row = Message(
        id=7,
        seq=9,
        text_seq=8,
        author=cast.alice,
        client_id="k",
        text="secret",
        html="<p>secret</p>",
        at=datetime.now(UTC),
        edited_at=datetime.now(UTC),
        deleted=True,
        reply_to_id=3,
        event={"name": "secret"},
    )
    found = msgspec.to_builtins(message_object(row, "open", [ReactionObject("👍", 1, [1])]))
    kept = {"id": 7, "seq": 9, "room": "open", "author": found["author"], "at": found["at"], "deleted": True}
    assert {name: value for name, value in found.items() if name in kept} == kept
    emptied = [value for name, value in found.items() if name not in kept]
    assert all(value in (None, "", [], 0, False) for value in emptied)
    assert set(found) == FIELDS


def test_a_person_is_shown_by_name_and_kind(cast: Cast) -> None:
    assert user_object(User(pk=5, username="login")).name == "login"
    assert user_object(User(pk=5, username="login", name="Shown")).name == "Shown"
    assert user_object(cast.gus).kind == "guest"


def test_a_room_for_everybody_has_no_part_of_mine(cast: Cast) -> None:
    found = msgspec.to_builtins(room_object(cast.open))
    assert found == {
        **{"slug": "open", "name": "Open", "topic": "", "kind": "open", "seq": 0, "members": 2},
        "archived": False,
    }


def test_a_room_for_one_reader_has_their_part(cast: Cast) -> None:
    membership = Membership(role="moderator", read_id=4, notify="none")
    assert my_room_object(cast.open, membership, 3, 1).me == MyRoom("moderator", 4, 3, 1, "none")
    assert my_room_object(cast.open, None, 3, 1).me == MyRoom(None, 0, 0, 0, "all")
    archived = Room(slug="x", name="X", archived_at=datetime.now(UTC))
    assert room_object(archived).archived


def test_reactions_are_grouped_by_message_and_emoji() -> None:
    rows = [(1, "👍", 5), (2, "👍", 5), (1, "🎉", 6), (1, "👍", 4)]
    assert reaction_objects(rows) == {
        1: [ReactionObject("👍", 2, [5, 4]), ReactionObject("🎉", 1, [6])],
        2: [ReactionObject("👍", 1, [5])],
    }
    assert reaction_objects([]) == {}
