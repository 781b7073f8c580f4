"""Direct rooms: one for the same people, never wider, and open again to whoever left."""

import pytest

from chat.actions.rooms import add_members, create_room, leave_room, open_direct_room, remove_member, set_role
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Room, User
from tests.actions.rooms.records import records, roles
from tests.cast import Cast, assert_log_is_whole, person, say

pytestmark = pytest.mark.django_db


def test_the_same_people_find_the_same_room_whoever_asks(cast: Cast) -> None:
    say(cast.alice, cast.direct, "hello")
    for user, other in ((cast.alice, cast.bob), (cast.bob, cast.alice)):
        room, made = open_direct_room(user, "Another name", [other.pk, other.pk, user.pk], topic="news")
        assert (room, made) == (cast.direct, False)
        assert (room.name, room.topic) == ("Alice and Bob", "")
    assert create_room(cast.bob, "Again", "direct", members=[cast.alice.pk]) == cast.direct
    assert records(cast.direct) == []


def test_other_people_have_another_room(cast: Cast) -> None:
    three, made = open_direct_room(cast.alice, "Three", [cast.carol.pk, cast.bob.pk])
    assert made
    assert three != cast.direct
    assert open_direct_room(cast.bob, "Three", [cast.alice.pk, cast.carol.pk]) == (three, False)
    assert open_direct_room(cast.bob, "Two", [cast.carol.pk])[1]
    assert (three.kind, three.seq, three.member_count) == ("direct", 0, 3)


def test_whoever_left_is_a_member_again_with_a_record(cast: Cast) -> None:
    for leaver, other in ((cast.alice, cast.bob), (cast.bob, cast.alice)):
        leave_room(leaver, cast.direct.slug)
        assert leaver.username not in roles(cast.direct)
        assert open_direct_room(cast.bob, "Again", [cast.alice.pk]) == (cast.direct, False)
        assert other.username in roles(cast.direct)
    assert roles(cast.direct) == {"alice": "member", "bob": "member"}
    assert [(name, who) for _, name, who in records(cast.direct)] == [
        ("member_left", cast.alice.pk),
        ("member_joined", cast.alice.pk),
        ("member_left", cast.bob.pk),
        ("member_joined", cast.bob.pk),
    ]
    assert_log_is_whole(cast.direct)


def test_a_room_that_all_have_left_is_found_too(cast: Cast) -> None:
    for user in (cast.alice, cast.bob):
        leave_room(user, cast.direct.slug)
    assert open_direct_room(cast.alice, "Again", [cast.bob.pk]) == (cast.direct, False)
    assert set(roles(cast.direct)) == {"alice", "bob"}


@pytest.mark.parametrize("role", [None, "member", "owner"])
def test_a_direct_room_is_never_widened(cast: Cast, role: str | None) -> None:
    for as_operator in (False, True):
        with pytest.raises(Forbidden):
            add_members(cast.alice, cast.direct.slug, [cast.carol.pk], role=role, as_operator=as_operator)
    assert set(roles(cast.direct)) == {"alice", "bob"}


def test_nobody_is_removed_from_a_direct_room_but_anybody_leaves(cast: Cast) -> None:
    for as_operator in (False, True):
        with pytest.raises(Forbidden):
            remove_member(cast.alice, cast.direct.slug, cast.bob.pk, as_operator=as_operator)
    assert set(roles(cast.direct)) == {"alice", "bob"}
    remove_member(cast.alice, cast.direct.slug, cast.alice.pk)
    assert roles(cast.direct) == {"bob": "member"}


def test_its_maker_may_step_down_as_there_is_nothing_to_own(cast: Cast) -> None:
    set_role(cast.alice, cast.direct.slug, cast.alice.pk, "member")
    assert roles(cast.direct) == {"alice": "member", "bob": "member"}


def test_it_needs_somebody_who_can_be_talked_to(cast: Cast) -> None:
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    rooms = Room.objects.count()
    for members in ([], [cast.alice.pk], [cast.gus.pk], [gone.pk], [999_999]):
        with pytest.raises(Invalid) as error:
            open_direct_room(cast.alice, "Talk", members)
        assert error.value.field == "members"
    with pytest.raises(Forbidden):
        open_direct_room(cast.gus, "Talk", [cast.alice.pk])
    assert Room.objects.count() == rooms


def test_others_do_not_find_it(cast: Cast) -> None:
    with pytest.raises(NotFound):
        add_members(cast.carol, cast.direct.slug, [cast.carol.pk])
