"""A client id stands for one message, for ever: whatever became of it, and however often it is repeated."""

import pytest

from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, Posted, post_messages
from chat.actions.rooms import archive_room, leave_room
from chat.errors import ChatError, Conflict
from chat.models import Message
from tests.cast import Cast, assert_log_is_whole, message_of, say

pytestmark = pytest.mark.django_db


def test_a_repeat_gets_the_first_answer_and_changes_nothing(cast: Cast) -> None:
    first = say(cast.alice, cast.open, "once", "k")
    say(cast.bob, cast.open, "in between")
    again = say(cast.alice, cast.open, "once", "k")
    assert again == Posted(first.message_id, first.seq, duplicate=True)
    assert not first.duplicate
    assert Message.objects.count() == 2
    assert_log_is_whole(cast.open)


def test_a_repeat_after_an_edit_gets_the_first_answer(cast: Cast) -> None:
    first = say(cast.alice, cast.open, "once", "k")
    edit_message(cast.alice, first.message_id, "changed")
    assert say(cast.alice, cast.open, "once", "k") == Posted(first.message_id, first.seq, duplicate=True)
    with pytest.raises(Conflict):
        say(cast.alice, cast.open, "changed", "k")


def test_a_repeat_after_a_deletion_is_a_duplicate_whatever_it_says(cast: Cast) -> None:
    first = say(cast.alice, cast.open, "once", "k")
    delete_message(cast.alice, first.message_id)
    for room, text in ((cast.open, "once"), (cast.open, "else"), (cast.lobby, "else")):
        assert say(cast.alice, room, text, "k") == Posted(first.message_id, first.seq, duplicate=True)
    assert message_of(first).text == ""


def test_a_repeat_from_a_room_that_was_archived_or_left_is_still_a_duplicate(cast: Cast) -> None:
    first = say(cast.bob, cast.private, "once", "k")
    archive_room(cast.alice, cast.private.slug, True)
    assert say(cast.bob, cast.private, "once", "k").duplicate
    leave_room(cast.bob, cast.private.slug)
    assert say(cast.bob, cast.private, "once", "k") == Posted(first.message_id, first.seq, duplicate=True)


@pytest.mark.parametrize("difference", ["text", "room", "reply_to", "blanks", "normalisation"])
def test_the_same_client_id_for_something_else_is_a_conflict(cast: Cast, difference: str) -> None:
    target = say(cast.alice, cast.open, "target").message_id
    say(cast.alice, cast.open, "é", "k")
    other = Draft(cast.alice.pk, cast.open.slug, "é", "k")
    other.text = {"text": "other", "blanks": "é ", "normalisation": "e\u0301"}.get(difference, "é")
    other.room = cast.lobby.slug if difference == "room" else cast.open.slug
    other.reply_to = target if difference == "reply_to" else None
    [answer] = post_messages([other])
    assert isinstance(answer, Conflict)
    assert answer.field == "client_id"
    assert Message.objects.count() == 2


def test_client_ids_of_different_people_have_nothing_to_do_with_each_other(cast: Cast) -> None:
    assert not say(cast.alice, cast.open, "mine", "k").duplicate
    assert not say(cast.bob, cast.open, "his", "k").duplicate


def test_client_ids_are_compared_to_the_letter(cast: Cast) -> None:
    for client_id in ("k", "K", "k ", "é", "e\u0301"):
        assert not say(cast.alice, cast.open, "text", client_id).duplicate


def test_without_a_client_id_nothing_is_compared(cast: Cast) -> None:
    answers = post_messages([Draft(cast.alice.pk, cast.open.slug, "same") for _ in range(3)])
    assert [answer.duplicate for answer in answers if isinstance(answer, Posted)] == [False] * 3
    assert Message.objects.filter(client_id=None, text="same").count() == 3


def test_repeats_within_one_batch_are_judged_like_any_other(cast: Cast) -> None:
    def draft(text: str) -> Draft:
        return Draft(cast.alice.pk, cast.open.slug, text, "k")

    first, again, other = post_messages([draft("once"), draft("once"), draft("else")])
    assert isinstance(first, Posted)
    assert again == Posted(first.message_id, first.seq, duplicate=True)
    assert isinstance(other, Conflict)
    assert_log_is_whole(cast.open)


def test_a_refused_draft_does_not_use_up_its_client_id(cast: Cast) -> None:
    refused, taken = post_messages(
        [
            Draft(cast.alice.pk, "no-such-room", "once", "k"),
            Draft(cast.alice.pk, cast.open.slug, "once", "k"),
        ]
    )
    assert isinstance(refused, ChatError)
    assert isinstance(taken, Posted)
    assert not taken.duplicate
