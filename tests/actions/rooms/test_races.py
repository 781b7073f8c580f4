"""Two who change a room at the same moment: the second sees what the first did, and every number is taken once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connections

from chat.actions.rooms import (
    add_members,
    ban_user,
    change_room,
    join_room,
    leave_room,
    open_direct_room,
    remove_member,
    set_role,
)
from chat.errors import ChatError, Conflict, NotFound
from chat.models import Ban, Membership, Room
from tests.actions.rooms.records import records, roles
from tests.cast import Cast, assert_log_is_whole, say

pytestmark = pytest.mark.django_db(transaction=True)

Deed = Callable[[], object]


def at_once(*deeds: Deed) -> list[object]:
    """The result or the refusal of each, done in threads with connections of their own, begun together."""
    together, outcomes = Barrier(len(deeds)), dict[int, object]()

    def run(number: int, deed: Deed) -> None:
        try:
            together.wait()
            outcomes[number] = deed()
        except ChatError as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outcomes[number] for number in range(len(deeds))]


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, ChatError)]


def test_of_two_last_owners_who_leave_at_once_one_stays(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "owner")
    outcomes = at_once(
        *(lambda user=user: leave_room(user, cast.open.slug) for user in (cast.alice, cast.bob))
    )
    assert refusals(outcomes) == [Conflict]
    assert list(roles(cast.open).values()) == ["owner"]
    assert_log_is_whole(cast.open)


def test_of_two_owners_who_depose_each_other_at_once_one_stays(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "owner")
    at_once(
        lambda: set_role(cast.alice, cast.open.slug, cast.bob.pk, "member"),
        lambda: set_role(cast.bob, cast.open.slug, cast.alice.pk, "member"),
    )
    assert sorted(roles(cast.open).values()) == ["member", "owner"]
    assert_log_is_whole(cast.open)


def test_two_bans_at_once_are_one(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "moderator")
    outcomes = at_once(
        *(lambda by=by: ban_user(by, cast.open.slug, cast.carol.pk) for by in (cast.alice, cast.bob) * 3)
    )
    assert refusals(outcomes) == []
    assert Ban.objects.count() == 1
    assert [name for _, name, _ in records(cast.open)] == ["role_changed", "member_removed"]
    assert_log_is_whole(cast.open)


@pytest.mark.parametrize("attempt", range(4))
def test_whoever_is_banned_while_they_join_or_are_added_is_out(cast: Cast, attempt: int) -> None:
    room = cast.open
    at_once(
        lambda: join_room(cast.carol, room.slug),
        lambda: ban_user(cast.alice, room.slug, cast.carol.pk),
        lambda: add_members(cast.bob, room.slug, [cast.carol.pk]),
    )
    assert Ban.objects.filter(room=room, user=cast.carol).exists()
    assert "carol" not in roles(room)
    assert_log_is_whole(room)


@pytest.mark.parametrize("attempt", range(4))
def test_nothing_is_said_after_the_ban_that_came_at_the_same_moment(cast: Cast, attempt: int) -> None:
    at_once(
        *(lambda text=text: say(cast.bob, cast.lobby, text) for text in "abc"),
        lambda: ban_user(cast.alice, cast.lobby.slug, cast.bob.pk),
    )
    [(banned, _, _)] = records(cast.lobby)
    assert Room.objects.get(pk=cast.lobby.pk).seq == banned, "the ban is the last that happened"
    assert_log_is_whole(cast.lobby)


def test_adding_and_leaving_at_once_leaves_a_count_that_is_true(cast: Cast) -> None:
    outcomes = at_once(
        lambda: leave_room(cast.bob, cast.open.slug),
        lambda: add_members(cast.alice, cast.open.slug, [cast.bob.pk, cast.carol.pk]),
        lambda: remove_member(cast.alice, cast.open.slug, cast.bob.pk),
    )
    assert set(refusals(outcomes)) <= {NotFound}
    assert set(roles(cast.open)) - {"bob"} == {"alice", "carol"}
    assert_log_is_whole(cast.open)


def test_people_who_join_at_once_are_all_counted(cast: Cast) -> None:
    Membership.objects.filter(room=cast.lobby).delete()
    Room.objects.filter(pk=cast.lobby.pk).update(member_count=0)
    people = (cast.alice, cast.bob, cast.carol)
    assert refusals(at_once(*(lambda user=user: join_room(user, "lobby") for user in people * 2))) == []
    assert set(roles(cast.lobby)) == {"alice", "bob", "carol"}
    assert len(records(cast.lobby)) == 3


def test_two_who_make_the_same_direct_room_at_once_make_one(cast: Cast) -> None:
    outcomes = at_once(
        *(
            lambda user=user, other=other: open_direct_room(user, "Talk", [other.pk])
            for user, other in ((cast.alice, cast.carol), (cast.carol, cast.alice)) * 3
        )
    )
    assert refusals(outcomes) == []
    found = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
    assert len({room.pk for room, _ in found}) == 1
    assert [made for _, made in found].count(True) == 1
    assert set(roles(found[0][0])) == {"alice", "carol"}
    assert records(found[0][0]) == []


def test_changes_at_once_each_have_their_number(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "moderator")
    names = [f"Name {number}" for number in range(6)]
    at_once(*(lambda name=name: change_room(cast.bob, cast.open.slug, name=name) for name in names))
    assert Room.objects.get(pk=cast.open.pk).name in names
    assert [name for _, name, _ in records(cast.open)] == ["role_changed", *["room_renamed"] * 6]
    assert_log_is_whole(cast.open)
