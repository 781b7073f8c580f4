"""One room's feed against a real database: whatever happens to hints, subscribers get every change once, in order."""

import asyncio
import json
import random
from collections.abc import AsyncIterator

import pytest

from chat import database, history
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, post_message
from chat.actions.rooms import add_members, change_room, join_room, leave_room, remove_member
from chat.hub import Hint, RoomFeed
from chat.hub import hints as hint_forms
from chat.models import Message, Room, User
from chat.payloads import message_objects
from chat.protocol.events import Notice
from chat.readers import DatabaseReaders
from tests.hub.listener import Listener, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lobby(transactional_db: None) -> Room:
    return Room.objects.create(slug="town-hall", name="Town hall")


@pytest.fixture
def alice(transactional_db: None) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
async def feed(lobby: Room) -> AsyncIterator[RoomFeed]:
    feed = RoomFeed(lobby.pk, lobby.slug, DatabaseReaders(), lambda room_id: None)
    await feed.start(asyncio.sleep(0))
    yield feed
    feed.stop()


def listen(feed: RoomFeed, listener: Listener) -> Listener:
    feed.add(listener)
    assert feed.open(listener, None, feed.delivered or 0)
    return listener


async def say(user: User, room: Room, text: str) -> Hint:
    """Post, and return the hint that the post published."""
    posted = await database.write(post_message, Draft(user.pk, room.slug, text))
    return await database.call(_hint, posted.message_id)


def _hint(message_id: int) -> Hint:
    message = Message.objects.select_related("author", "room").get(pk=message_id)
    [payload] = message_objects([message], message.room.slug)
    return hint_forms.created(message.room_id, payload)


async def test_hints_in_any_order_and_doubled_arrive_once_and_ascending(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    listener, plain = listen(feed, Listener()), listen(feed, Listener(plain=True))
    hints = [await say(alice, lobby, f"line {number}") for number in range(30)]
    shuffled = hints * 2
    random.Random(7).shuffle(shuffled)
    for hint in shuffled:
        feed.offer(hint)
    assert listener.seqs == list(range(1, 31))
    assert [frame["message"] for frame in plain.frames] == [f"line {number}" for number in range(30)]


async def test_a_lost_hint_is_read_from_the_database(feed: RoomFeed, lobby: Room, alice: User) -> None:
    listener, plain = listen(feed, Listener()), listen(feed, Listener(plain=True))
    hints = [await say(alice, lobby, f"line {number}") for number in range(5)]
    for hint in (hints[0], hints[4]):
        feed.offer(hint)
    assert listener.seqs == [1]
    await until(lambda: listener.seqs == [1, 2, 3, 4, 5])
    assert [frame["message"] for frame in plain.frames] == [f"line {number}" for number in range(5)]


async def test_a_lost_last_hint_is_found_by_the_head(feed: RoomFeed, lobby: Room, alice: User) -> None:
    listener = listen(feed, Listener())
    await say(alice, lobby, "nobody was told")
    feed.check_head(await database.call(history.head, lobby.pk))
    await until(lambda: listener.seqs == [1])


async def test_a_hole_in_which_changes_collapsed_names_what_it_covers(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    listener, plain = listen(feed, Listener()), listen(feed, Listener(plain=True))
    first = await say(alice, lobby, "first")
    second = await say(alice, lobby, "second")
    edited = await database.call(lambda: Message.objects.get(first_seq=first.seq, room=lobby))
    await database.write(edit_message, alice, edited.pk, "first, edited twice")
    await database.write(edit_message, alice, edited.pk, "first, at last")
    feed.check_head(4)
    await until(lambda: feed.delivered == 4)
    assert listener.seqs == [second.seq, 4]
    listener.assert_no_hole(0)
    # The plain dialect hears texts as they were sent, ascending by id.
    assert [frame["message"] for frame in plain.frames] == ["first", "second"]


async def test_a_text_deleted_in_the_hole_is_never_told(feed: RoomFeed, lobby: Room, alice: User) -> None:
    listener, plain = listen(feed, Listener()), listen(feed, Listener(plain=True))
    await say(alice, lobby, "a secret")
    secret = await database.call(lambda: Message.objects.get(room=lobby))
    await database.write(delete_message, alice, secret.pk)
    feed.check_head(2)
    await until(lambda: feed.delivered == 2)
    assert "secret" not in json.dumps(listener.frames)
    assert listener.frames[0]["message"]["deleted"] is True
    assert plain.frames == []


async def test_what_comes_while_the_first_page_is_read_follows_it(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    listener = Listener()
    feed.add(listener)
    for number in range(3):
        feed.offer(await say(alice, lobby, f"line {number}"))
    assert listener.frames == []
    assert feed.open(listener, '{"type": "first"}', complete_to=2)
    assert [frame["type"] for frame in listener.frames] == ["first", "message"]
    assert listener.seqs == [3]


async def test_one_who_left_gets_nothing_from_the_number_of_the_leave_on(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    bob = await database.call(User.objects.create_user, "bob")
    for person in (alice, bob):
        await database.write(join_room, person, lobby.slug)
    feed.check_head(2)
    await until(lambda: feed.delivered == 2)
    leaver, stayer = listen(feed, Listener(bob.pk)), listen(feed, Listener(alice.pk))
    await database.write(leave_room, bob, lobby.slug)
    last = await say(alice, lobby, "he is gone")
    left = await database.call(_system_hint, lobby.pk, 3)
    feed.offer(last)
    feed.offer(left)
    await until(lambda: stayer.seqs == [3, 4])
    assert leaver.put_out
    assert [frame["type"] for frame in leaver.frames] == ["removed"]
    assert leaver.frames[0]["reason"] == "left"


def _system_hint(room_id: int, seq: int) -> Hint:
    message = Message.objects.select_related("author", "room").get(room_id=room_id, seq=seq)
    [payload] = message_objects([message], message.room.slug)
    return hint_forms.created(room_id, payload)


async def test_one_who_lost_the_right_in_a_hole_is_out_before_it_is_filled(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    bob = await database.call(User.objects.create_user, "bob")
    outsider, member = listen(feed, Listener(bob.pk)), listen(feed, Listener(alice.pk))
    await database.write(join_room, alice, lobby.slug)
    await database.call(lambda: Room.objects.filter(pk=lobby.pk).update(kind=Room.Kind.PRIVATE))
    await say(alice, lobby, "for members only")
    feed.check_head(2)
    await until(lambda: member.seqs == [1, 2])
    assert outsider.put_out
    assert [frame["type"] for frame in outsider.frames] == ["removed"]


async def test_a_change_of_kind_is_named_as_the_reason_also_when_a_hole_is_healed(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    bob, carol = [await database.call(User.objects.create_user, name) for name in ("bob", "carol")]
    await database.write(add_members, alice, lobby.slug, [alice.pk, bob.pk], role="owner", as_operator=True)
    head = await database.call(history.head, lobby.pk)
    feed.check_head(head)
    await until(lambda: feed.delivered == head)
    outsider, removed, owner = (listen(feed, Listener(user.pk)) for user in (carol, bob, alice))
    await database.write(change_room, alice, lobby.slug, kind="private")
    await database.write(remove_member, alice, lobby.slug, bob.pk)
    feed.check_head(head + 2)
    await until(lambda: owner.seqs == [head + 1, head + 2])
    assert [frame.get("reason") for frame in outsider.frames] == ["kind_changed"]
    assert [frame.get("reason") for frame in removed.frames] == ["removed"]


async def test_who_read_the_room_after_their_removal_stays(feed: RoomFeed, lobby: Room, alice: User) -> None:
    """They came back while this process had not yet heard that they were gone."""
    await database.write(join_room, alice, lobby.slug)
    await database.write(leave_room, alice, lobby.slug)
    await database.write(join_room, alice, lobby.slug)
    late, behind, early = Listener(alice.pk), Listener(alice.pk), Listener(alice.pk)
    for listener, complete_to, head in ((late, 3, 3), (behind, 1, 3), (early, 1, 1)):
        feed.add(listener)
        assert feed.open(listener, None, complete_to, head)
    feed.check_head(3)
    await until(lambda: feed.delivered == 3)
    assert not late.put_out
    assert not behind.put_out
    assert early.put_out
    assert [frame["type"] for frame in early.frames] == ["removed"]


async def test_an_event_that_belongs_to_a_change_waits_for_it(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    listener = listen(feed, Listener())
    hints = [await say(alice, lobby, f"line {number}") for number in range(2)]
    for number in (2, 1, 0):
        feed.pass_on(hint_forms.passing("room.0", Notice(text=f"after {number}"), after=number))
    assert [frame["text"] for frame in listener.frames] == ["after 0"]
    for hint in hints:
        feed.offer(hint)
    assert [frame.get("text") or frame["message"]["seq"] for frame in listener.frames] == [
        *("after 0", 1, "after 1", 2, "after 2")
    ]


async def test_an_event_that_comes_while_the_first_page_is_read_follows_it(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    """Else the page, which may be from before it, would be believed. What the page shows already is left out."""
    listener = Listener()
    feed.add(listener)
    for number in (1, 2):
        feed.offer(await say(alice, lobby, f"line {number}"))
        feed.pass_on(hint_forms.passing("room.1", Notice(text=f"after {number}"), after=number))
    feed.send('{"type": "typing"}', None)
    assert listener.frames == []
    assert feed.open(listener, '{"type": "first"}', complete_to=1)
    told = [frame.get("text", frame["type"]) for frame in listener.frames]
    assert told == ["first", "message", "after 2", "typing"]


async def test_who_reads_the_room_while_their_leave_is_delivered_stays_if_they_saw_it(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    before, after = Listener(alice.pk), Listener(alice.pk)
    for listener in (before, after):
        feed.add(listener)
    await database.write(join_room, alice, lobby.slug)
    await database.write(leave_room, alice, lobby.slug)
    for seq in (1, 2):
        feed.offer(await database.call(_system_hint, lobby.pk, seq))
    await until(lambda: feed.delivered == 2)
    assert feed.open(after, None, complete_to=2)
    assert (after.frames, after.put_out) == ([], False)
    assert not feed.open(before, '{"type": "first"}', complete_to=1)
    assert [frame["type"] for frame in before.frames] == ["removed"]
    assert before.put_out


async def test_who_listens_again_gets_what_comes_meanwhile_behind_the_new_page(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    """Else the page, being older, would take it away from them. Without a page they go on as before."""
    listener = listen(feed, Listener())
    feed.add(listener)
    feed.offer(await say(alice, lobby, "one"))
    assert listener.frames == []
    assert feed.open(listener, '{"type": "page"}', complete_to=0)
    assert [frame["type"] for frame in listener.frames] == ["page", "message"]
    feed.add(listener)
    feed.offer(await say(alice, lobby, "two"))
    feed.reopen(listener)
    assert listener.seqs == [1, 2]


async def test_who_leaves_while_another_goes_is_told_their_own_reason(
    feed: RoomFeed, lobby: Room, alice: User
) -> None:
    """Whoever may not read any more by then is put out by a change that is yet to be delivered."""
    carol, dave = [await database.write(User.objects.create_user, name) for name in ("carol", "dave")]
    await database.write(add_members, alice, lobby.slug, [alice.pk], role="owner", as_operator=True)
    await database.write(change_room, alice, lobby.slug, kind="private")
    await database.write(add_members, alice, lobby.slug, [carol.pk, dave.pk])
    feed.check_head(5)
    await until(lambda: feed.delivered == 5)
    leaver, other = listen(feed, Listener(carol.pk)), listen(feed, Listener(dave.pk))
    await database.write(remove_member, alice, lobby.slug, dave.pk)
    await database.write(leave_room, carol, lobby.slug)
    for seq, out in ((6, other), (7, leaver)):
        feed.offer(await database.call(_system_hint, lobby.pk, seq))
        await until(lambda seq=seq: feed.delivered == seq)
        assert out.put_out
    assert [frame.get("reason") for frame in other.frames] == ["removed"]
    assert [frame.get("reason") or frame["message"]["seq"] for frame in leaver.frames] == [6, "left"]
