"""Pins: by those who moderate, one number each, gone with the message."""

import pytest

from chat.actions.edits import delete_message
from chat.actions.pins import PINNED_MOST, pin_message
from chat.actions.rooms import archive_room
from chat.errors import Archived, Forbidden, Invalid, NotFound
from chat.history import pinned
from chat.models import Change, Message
from tests.cast import Cast, assert_log_is_whole, message_of, say

pytestmark = pytest.mark.django_db


def test_a_pin_takes_a_number_once(cast: Cast) -> None:
    said = say(cast.bob, cast.lobby, "keep this")
    assert pin_message(cast.alice, said.message_id, True) == 2
    assert pin_message(cast.alice, said.message_id, True) == 2
    assert [message.id for message in pinned(cast.bob, "lobby")] == [said.message_id]
    assert pin_message(cast.alice, said.message_id, False) == 3
    assert pinned(cast.bob, "lobby") == []
    assert list(Change.objects.filter(room=cast.lobby).values_list("kind", flat=True)) == [
        "create",
        "pin",
        "pin",
    ]
    assert_log_is_whole(cast.lobby)


def test_only_those_who_moderate_pin(cast: Cast) -> None:
    said = say(cast.bob, cast.lobby, "mine")
    for user in (cast.bob, cast.carol, cast.gus):
        with pytest.raises(Forbidden):
            pin_message(user, said.message_id, True)
    hidden = say(cast.alice, cast.private, "hidden")
    with pytest.raises(NotFound):
        pin_message(cast.carol, hidden.message_id, True)
    direct = say(cast.alice, cast.direct, "between us")
    assert pin_message(cast.bob, direct.message_id, True) == 2


def test_a_deleted_message_is_not_pinned_any_more(cast: Cast) -> None:
    said = say(cast.bob, cast.lobby, "gone soon")
    pin_message(cast.alice, said.message_id, True)
    delete_message(cast.bob, said.message_id)
    assert not message_of(said).pinned
    with pytest.raises(NotFound):
        pin_message(cast.alice, said.message_id, True)


def test_what_cannot_be_pinned(cast: Cast) -> None:
    said = say(cast.alice, cast.open, "before")
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        pin_message(cast.alice, said.message_id, True)
    archive_room(cast.alice, cast.open.slug, False)
    recorded = Message.objects.filter(room=cast.open, kind="system").first()
    assert recorded is not None
    with pytest.raises(Forbidden):
        pin_message(cast.alice, recorded.pk, True)


def test_a_room_has_only_so_many_pins(cast: Cast) -> None:
    for number in range(PINNED_MOST + 1):
        say(cast.alice, cast.lobby, str(number))
    ids = list(Message.objects.filter(room=cast.lobby).order_by("id").values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids[:PINNED_MOST]).update(pinned=True)
    with pytest.raises(Invalid):
        pin_message(cast.alice, ids[-1], True)
    pin_message(cast.alice, ids[0], False)
    pin_message(cast.alice, ids[-1], True)
