"""The hash chain of a room's log: equal for equal histories, another one for whatever differs."""

import pytest
from django.db import connection, transaction

from chat.actions.edits import edit_message
from chat.actions.reactions import react
from chat.models import Room
from chat.verification import RoomChain, chain, room_chains
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db

TAMPERINGS = [
    "UPDATE chat_message SET text = 'something else' WHERE first_seq = 3",
    "UPDATE chat_message SET html = '' WHERE first_seq = 3",
    "UPDATE chat_message SET client_id = 'another' WHERE first_seq = 1",
    "UPDATE chat_message SET author_id = {alice}",
    "UPDATE chat_message SET edited_at = NULL",
    "UPDATE chat_message SET replies = 1 WHERE first_seq = 1",
    "UPDATE chat_reaction SET emoji = '👎'",
    "DELETE FROM chat_reaction",
    "UPDATE chat_revision SET text = 'never said'",
    "UPDATE chat_change SET kind = 'pin' WHERE kind = 'react'",
    "DELETE FROM chat_change WHERE seq = 2",
]


def fill(cast: Cast) -> None:
    first = say(cast.bob, cast.lobby, "one", "c-1").message_id
    for text in ("two", "three", "four"):
        say(cast.alice, cast.lobby, text)
    edit_message(cast.bob, first, "one and a half")
    react(cast.alice, first, "👍", True)


def of(room: Room) -> RoomChain:
    return next(found for found in room_chains("default") if found.slug == room.slug)


def test_it_says_how_far_the_room_is_and_how_much_it_holds(cast: Cast) -> None:
    fill(cast)
    lobby = of(cast.lobby)
    assert (lobby.id, lobby.seq, lobby.messages) == (cast.lobby.pk, 6, 4)
    assert of(cast.lobby) == lobby
    assert {room.slug for room in room_chains("default")} == {room.slug for room in cast.rooms}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_whatever_is_changed_behind_our_back_breaks_it(cast: Cast, tampering: str) -> None:
    fill(cast)
    before = of(cast.lobby).chain
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(tampering.format(alice=cast.alice.pk))
        assert cursor.rowcount > 0
        assert of(cast.lobby).chain != before
        transaction.set_rollback(True)
    assert of(cast.lobby).chain == before


@pytest.mark.parametrize("step", [1, 2, 5])
def test_it_does_not_depend_on_how_many_rows_are_read_at_a_time(
    cast: Cast, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(cast)
    before = of(cast.lobby)
    monkeypatch.setattr(chain, "STEP", step)
    assert of(cast.lobby) == before
