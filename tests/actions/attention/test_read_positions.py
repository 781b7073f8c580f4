"""Read positions: forward by reading, back by saying so; counts that follow from the rows."""

import pytest

from chat.actions.attention.read_positions import Move, Position, move, move_all
from chat.actions.edits import delete_message, edit_message
from chat.actions.rooms import join_room
from chat.errors import ChatError, Forbidden, NotFound
from chat.models import Membership, Message, Room, User
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


def read(user: User, room: Room, message_id: int, *, back: bool = False) -> Position:
    return move(Move(user, room.slug, message_id, back))


def test_reading_only_moves_forward(cast: Cast) -> None:
    first, second, third = (say(cast.alice, cast.open, text).message_id for text in "abc")
    assert read(cast.bob, cast.open, second) == Position(second, 1, 0)
    assert read(cast.bob, cast.open, first) == Position(second, 1, 0)
    assert read(cast.bob, cast.open, third) == Position(third, 0, 0)


def test_unread_from_here_moves_back(cast: Cast) -> None:
    first, second, third = (say(cast.alice, cast.open, text).message_id for text in "abc")
    read(cast.bob, cast.open, third)
    assert read(cast.bob, cast.open, second, back=True) == Position(second - 1, 2, 0)
    assert read(cast.bob, cast.open, first, back=True).unread == 3
    assert read(cast.bob, cast.open, second) == Position(second, 1, 0)


def test_what_counts_as_unread(cast: Cast) -> None:
    root = say(cast.alice, cast.open, "root").message_id
    say(cast.bob, cast.open, "my own")
    say(cast.alice, cast.open, "@bob")
    gone = say(cast.alice, cast.open, "@bob, soon gone").message_id
    say(cast.alice, cast.open, "a reply for @bob", thread=root)
    join_room(cast.carol, cast.open.slug)
    assert read(cast.bob, cast.open, root, back=True) == Position(root - 1, 3, 3)
    delete_message(cast.alice, gone)
    assert read(cast.bob, cast.open, root, back=True) == Position(root - 1, 2, 2)
    edit_message(cast.alice, root, "the root calls @bob")
    assert read(cast.bob, cast.open, root, back=True) == Position(root - 1, 2, 3)
    newest = Message.objects.filter(room=cast.open).latest("id").pk
    assert read(cast.bob, cast.open, newest) == Position(newest, 0, 0)


def test_a_position_needs_a_membership_and_a_message_of_the_room(cast: Cast) -> None:
    here, elsewhere = say(cast.alice, cast.open, "here"), say(cast.alice, cast.private, "elsewhere")
    refusals: list[tuple[User, Room, int, type[ChatError], str]] = [
        (cast.carol, cast.open, here.message_id, Forbidden, "room"),
        (cast.carol, cast.private, elsewhere.message_id, NotFound, "room"),
        (cast.gus, cast.open, here.message_id, NotFound, "room"),
        (cast.bob, cast.open, elsewhere.message_id, NotFound, "message_id"),
        (cast.bob, cast.open, 10**9, NotFound, "message_id"),
    ]
    for user, room, message_id, kind, field in refusals:
        with pytest.raises(kind) as refusal:
            read(user, room, message_id)
        assert refusal.value.field == field


def test_one_refused_move_does_not_spoil_the_others(cast: Cast) -> None:
    said = say(cast.alice, cast.open, "here").message_id
    outcomes = move_all(
        [
            Move(cast.carol, cast.open.slug, said),
            Move(cast.bob, cast.open.slug, said),
            Move(cast.alice, cast.open.slug, said),
        ]
    )
    assert isinstance(outcomes[0], Forbidden)
    assert outcomes[1:] == [Position(said, 0, 0), Position(said, 0, 0)]
    positions = Membership.objects.filter(room=cast.open).values_list("read_id", flat=True)
    assert list(positions) == [said, said]
