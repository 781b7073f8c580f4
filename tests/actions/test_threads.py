"""Threads: replies are kept apart, and their root counts them, with a number for each change of the count."""

import pytest

from chat import history
from chat.actions.edits import delete_message
from chat.actions.messages import Draft, Posted, post_messages
from chat.errors import NotFound
from chat.history import page, sync
from chat.models import Change, Message, ThreadFollower
from tests.cast import Cast, assert_log_is_whole, message_of, say

pytestmark = pytest.mark.django_db


def test_a_reply_is_counted_at_its_root_which_takes_the_next_number(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    reply = say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    assert (reply.seq, message_of(root).seq) == (2, 3)
    assert (message_of(root).replies, message_of(root).last_reply_at) == (1, message_of(reply).at)
    assert Change.objects.get(room=cast.lobby, seq=3).kind == "reply"
    assert_log_is_whole(cast.lobby)


def test_a_reply_to_a_reply_joins_its_root(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    reply = say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    deeper = say(cast.alice, cast.lobby, "deeper", thread=reply.message_id)
    assert message_of(deeper).thread_id == root.message_id
    assert message_of(root).replies == 2


def test_replies_that_are_committed_together_change_their_root_once(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    drafts = [Draft(cast.bob.pk, "lobby", f"reply {n}", thread=root.message_id) for n in range(3)]
    assert [posted.seq for posted in post_messages(drafts) if isinstance(posted, Posted)] == [2, 3, 4]
    assert (message_of(root).seq, message_of(root).replies) == (5, 3)
    assert_log_is_whole(cast.lobby)


def test_a_deleted_reply_is_no_longer_counted_and_stays_in_its_thread(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    reply = say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    assert delete_message(cast.bob, reply.message_id) == 4
    assert (message_of(root).seq, message_of(root).replies, message_of(root).last_reply_at) == (5, 0, None)
    [shown] = page(cast.alice, "lobby", thread=root.message_id).messages
    assert (shown.deleted, shown.thread) == (True, None)
    assert_log_is_whole(cast.lobby)


def test_a_deleted_root_keeps_its_thread(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    delete_message(cast.alice, root.message_id)
    say(cast.bob, cast.lobby, "still here", thread=root.message_id)
    texts = [message.text for message in page(cast.alice, "lobby", thread=root.message_id).messages]
    assert texts == ["reply", "still here"]
    [tombstone] = page(cast.alice, "lobby").messages
    assert (tombstone.deleted, tombstone.replies, tombstone.last_reply_at) == (True, 0, None)


def test_replies_are_on_no_page_but_their_threads_and_in_every_sync(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    reply = say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    assert [message.text for message in page(cast.alice, "lobby").messages] == ["root"]
    assert [message.text for message in sync(cast.alice, "lobby", None, None).messages] == ["root"]
    assert [message.id for message in sync(cast.alice, "lobby", 1, None).messages] == [
        root.message_id,
        reply.message_id,
    ]


def test_a_thread_pages_by_id(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    ids = [say(cast.bob, cast.lobby, str(n), thread=root.message_id).message_id for n in range(5)]
    newest = page(cast.alice, "lobby", thread=root.message_id, limit=2)
    assert ([message.id for message in newest.messages], newest.has_older) == (ids[3:], True)
    older = page(cast.alice, "lobby", thread=root.message_id, before=ids[3], limit=3)
    assert ([message.id for message in older.messages], older.has_older) == (ids[:3], False)


def test_a_root_is_a_message_of_this_room(cast: Cast) -> None:
    elsewhere = say(cast.alice, cast.private, "elsewhere").message_id
    for wrong in (elsewhere, 10**9):
        with pytest.raises(NotFound) as refusal:
            say(cast.alice, cast.lobby, "reply", thread=wrong)
        assert refusal.value.field == "thread"
        with pytest.raises(NotFound):
            page(cast.alice, "lobby", thread=wrong)
    assert not Message.objects.filter(room=cast.lobby).exists()


def test_writing_in_a_thread_follows_it(cast: Cast) -> None:
    root = say(cast.alice, cast.lobby, "root")
    for _ in range(2):
        say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    followers = ThreadFollower.objects.filter(root=root.message_id).values_list("user_id", flat=True)
    assert set(followers) == {cast.alice.pk, cast.bob.pk}


def test_replies_count_as_unread_of_their_thread_only(cast: Cast) -> None:
    root = say(cast.bob, cast.lobby, "root")
    say(cast.bob, cast.lobby, "reply @alice", thread=root.message_id)
    me = history.room_for(cast.alice, "lobby").me
    assert (me.unread, me.mentions) == (1, 1)  # type: ignore[union-attr]
