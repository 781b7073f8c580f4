"""Joining and leaving: recorded with their numbers, counted, and never leaving others without an owner."""

import pytest

from chat.actions.memberships import join_room, leave_room
from chat.actions.rooms import archive_room
from chat.errors import Archived, Conflict, Forbidden, NotFound
from chat.models import Membership, Message, Room
from tests.cast import Cast, assert_log_is_whole, say

pytestmark = pytest.mark.django_db


def count(room: Room) -> int:
    """What the room says it is, which must be what it has."""
    room = Room.objects.get(pk=room.pk)
    assert room.member_count == Membership.objects.filter(room=room).count()
    return room.member_count


def records(room: Room) -> list[tuple[int, str, int]]:
    found = Message.objects.filter(room=room, kind=Message.Kind.SYSTEM).order_by("id")
    events = [(record.seq, record.event or {}) for record in found]
    return [(seq, event["name"], event["user"]["id"]) for seq, event in events]


def test_joining_makes_a_member_who_has_read_everything_so_far(cast: Cast) -> None:
    newest = say(cast.alice, cast.open, "before").message_id
    assert join_room(cast.carol, cast.open.slug) == cast.open
    membership = Membership.objects.get(user=cast.carol, room=cast.open)
    assert (membership.role, membership.read_id) == (Membership.Role.MEMBER, newest)
    assert count(cast.open) == 3
    assert records(cast.open) == [(2, "member_joined", cast.carol.pk)]
    assert_log_is_whole(cast.open)


def test_the_record_names_who_and_by_whom_as_everybody_may_see_them(cast: Cast) -> None:
    join_room(cast.carol, cast.open.slug)
    record = Message.objects.get(kind=Message.Kind.SYSTEM)
    carol = {"id": cast.carol.pk, "name": "Carol", "avatar": None, "kind": "user"}
    assert record.event == {"name": "member_joined", "user": carol, "by": carol}
    assert (record.author, record.text, record.client_id) == (cast.carol, "", None)


def test_joining_twice_and_leaving_what_one_is_not_in_change_nothing(cast: Cast) -> None:
    join_room(cast.bob, cast.open.slug)
    leave_room(cast.carol, cast.open.slug)
    assert count(cast.open) == 2
    assert records(cast.open) == []


def test_leaving_ends_the_membership_and_coming_back_is_a_new_one(cast: Cast) -> None:
    leave_room(cast.bob, cast.open.slug)
    assert count(cast.open) == 1
    join_room(cast.bob, cast.open.slug)
    assert count(cast.open) == 2
    assert records(cast.open) == [(1, "member_left", cast.bob.pk), (2, "member_joined", cast.bob.pk)]
    assert_log_is_whole(cast.open)


def test_who_left_a_private_room_does_not_find_it_again(cast: Cast) -> None:
    leave_room(cast.bob, cast.private.slug)
    for action in (join_room, leave_room):
        with pytest.raises(NotFound):
            action(cast.bob, cast.private.slug)


def test_nobody_joins_by_knowing_the_address(cast: Cast) -> None:
    for room in (cast.private, cast.direct):
        with pytest.raises(NotFound):
            join_room(cast.carol, room.slug)
        assert count(room) == 2


def test_guests_join_nothing(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        join_room(cast.gus, cast.lobby.slug)
    with pytest.raises(NotFound):
        join_room(cast.gus, cast.open.slug)


def test_an_archived_room_is_left_but_not_joined(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        join_room(cast.carol, cast.open.slug)
    leave_room(cast.bob, cast.open.slug)
    assert count(cast.open) == 1


def test_the_last_owner_does_not_leave_others_behind(cast: Cast) -> None:
    with pytest.raises(Conflict):
        leave_room(cast.alice, cast.open.slug)
    assert count(cast.open) == 2
    Membership.objects.filter(user=cast.bob, room=cast.open).update(role=Membership.Role.OWNER)
    leave_room(cast.alice, cast.open.slug)
    assert count(cast.open) == 1


def test_the_last_one_of_all_may_leave(cast: Cast) -> None:
    leave_room(cast.bob, cast.open.slug)
    leave_room(cast.alice, cast.open.slug)
    assert count(cast.open) == 0
    assert [name for _, name, _ in records(cast.open)] == ["member_left", "member_left"]
    assert_log_is_whole(cast.open)
