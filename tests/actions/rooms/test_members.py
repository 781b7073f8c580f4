"""Who belongs to a room: joining, leaving, adding and removing, recorded with their numbers and counted."""

import pytest

from chat.actions.rooms import (
    MEMBERS_AT_ONCE,
    add_members,
    archive_room,
    ban_user,
    join_room,
    leave_room,
    remove_member,
    set_role,
)
from chat.errors import Archived, ChatError, Conflict, Forbidden, Invalid, NotFound
from chat.models import Membership, Message, Room, User
from tests.actions.rooms.records import deeds, events, records, roles
from tests.cast import Cast, assert_log_is_whole, person, say

pytestmark = pytest.mark.django_db


def count(room: Room) -> int:
    return len(roles(room))


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


@pytest.mark.parametrize(
    ("kind", "who", "role", "error"),
    [
        ("public", "bob", "member", None),
        ("open", "bob", "member", None),
        ("private", "bob", "member", Forbidden),
        ("private", "bob", "moderator", None),
        ("private", "bob", "owner", None),
        ("public", "dave", None, Forbidden),
        ("open", "dave", None, Forbidden),
        ("private", "dave", None, NotFound),
        ("public", "gus", None, Forbidden),
        ("open", "gus", None, NotFound),
    ],
)
def test_who_adds_people_to_which_room(
    cast: Cast, kind: str, who: str, role: str | None, error: type[ChatError] | None
) -> None:
    dave = person("dave")
    room = {"public": cast.lobby, "open": cast.open, "private": cast.private}[kind]
    user: User = dave if who == "dave" else getattr(cast, who)
    if role is not None:
        set_role(cast.alice, room.slug, user.pk, role)
    if error is not None:
        with pytest.raises(error):
            add_members(user, room.slug, [cast.carol.pk])
    else:
        add_members(user, room.slug, [cast.carol.pk])
    assert ("carol" in roles(room)) is (error is None)


def test_who_is_added_has_read_everything_so_far_and_the_record_names_by_whom(cast: Cast) -> None:
    newest = say(cast.alice, cast.open, "before").message_id
    add_members(cast.bob, cast.open.slug, [cast.carol.pk])
    membership = Membership.objects.get(user=cast.carol, room=cast.open)
    assert (membership.role, membership.read_id) == (Membership.Role.MEMBER, newest)
    [event] = events(cast.open)
    assert (event["name"], event["user"]["id"], event["by"]["id"]) == (
        "member_joined",
        cast.carol.pk,
        cast.bob.pk,
    )
    assert deeds() == [("bob", "member_added", "carol")]
    assert_log_is_whole(cast.open)


def test_several_are_added_at_once_each_with_a_record(cast: Cast) -> None:
    others = [person(f"other{number}").pk for number in range(3)]
    add_members(cast.bob, cast.open.slug, [*reversed(others), others[0], cast.alice.pk])
    assert records(cast.open) == [
        (number, "member_joined", other) for number, other in enumerate(others, start=1)
    ]
    assert count(cast.open) == 5
    assert_log_is_whole(cast.open)


def test_who_belongs_already_stays_as_they_are_without_a_role(cast: Cast) -> None:
    add_members(cast.bob, cast.open.slug, [cast.alice.pk, cast.bob.pk])
    assert roles(cast.open) == {"alice": "owner", "bob": "member"}
    assert (records(cast.open), deeds()) == ([], [])


def test_adding_with_a_role_gives_it_also_to_who_belongs_already(cast: Cast) -> None:
    add_members(cast.alice, cast.open.slug, [cast.bob.pk, cast.carol.pk], role="moderator")
    assert roles(cast.open) == {"alice": "owner", "bob": "moderator", "carol": "moderator"}
    assert [(event["name"], event.get("role")) for event in events(cast.open)] == [
        ("member_joined", None),
        ("role_changed", "moderator"),
        ("role_changed", "moderator"),
    ]


@pytest.mark.parametrize("role", ["moderator", "owner"])
def test_only_owners_add_with_a_role_and_then_nobody_is_added_either(cast: Cast, role: str) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "moderator")
    for target in (cast.carol, cast.alice, cast.bob):
        if roles(cast.open).get(target.username) == role:
            continue
        with pytest.raises(Forbidden) as error:
            add_members(cast.bob, cast.open.slug, [target.pk], role=role)
        assert error.value.field == "role"
    assert roles(cast.open) == {"alice": "owner", "bob": "moderator"}
    add_members(cast.bob, cast.open.slug, [cast.carol.pk], role="member")
    assert roles(cast.open)["carol"] == "member"


def test_guests_are_no_members_and_who_cannot_be_found_by_name_is_missing(cast: Cast) -> None:
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    machine = person("machine", User.Kind.SYSTEM)
    with pytest.raises(Invalid) as invalid:
        add_members(cast.alice, cast.open.slug, [cast.carol.pk, cast.gus.pk])
    assert invalid.value.field == "user_id"
    details = set()
    for nobody in (gone.pk, machine.pk, 999_999):
        with pytest.raises(NotFound) as missing:
            add_members(cast.alice, cast.open.slug, [cast.carol.pk, nobody])
        details.add((missing.value.detail, missing.value.field))
    assert details == {("There is no such person.", "user_id")}
    assert "carol" not in roles(cast.open), "all are added, or none"


def test_a_bot_is_added_like_anybody(cast: Cast) -> None:
    bot = person("bot", User.Kind.BOT)
    add_members(cast.alice, cast.private.slug, [bot.pk])
    assert roles(cast.private)["bot"] == "member"


def test_not_too_many_are_added_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        add_members(cast.alice, cast.open.slug, range(1_000_000, 1_000_001 + MEMBERS_AT_ONCE))
    assert error.value.field == "members"


def test_nobody_is_added_to_an_archived_room(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        add_members(cast.alice, cast.open.slug, [cast.carol.pk])
    assert "carol" not in roles(cast.open)


def test_who_is_banned_is_not_added(cast: Cast) -> None:
    ban_user(cast.alice, cast.open.slug, cast.carol.pk)
    with pytest.raises(Conflict):
        add_members(cast.bob, cast.open.slug, [cast.carol.pk])
    assert "carol" not in roles(cast.open)


def test_an_operator_adds_to_any_room_with_any_role(cast: Cast) -> None:
    add_members(cast.carol, cast.private.slug, [cast.carol.pk], role="owner", as_operator=True)
    assert roles(cast.private)["carol"] == "owner"


@pytest.mark.parametrize(
    ("mine", "theirs", "allowed"),
    [
        ("owner", "owner", True),
        ("owner", "moderator", True),
        ("owner", "member", True),
        ("moderator", "owner", False),
        ("moderator", "moderator", False),
        ("moderator", "member", True),
        ("member", "member", False),
    ],
)
def test_who_removes_whom(cast: Cast, mine: str, theirs: str, allowed: bool) -> None:
    add_members(cast.alice, cast.private.slug, [cast.carol.pk], role=theirs)
    set_role(cast.alice, cast.private.slug, cast.bob.pk, mine)
    if allowed:
        remove_member(cast.bob, cast.private.slug, cast.carol.pk)
    else:
        with pytest.raises(Forbidden):
            remove_member(cast.bob, cast.private.slug, cast.carol.pk)
    assert ("carol" in roles(cast.private)) is not allowed


def test_a_removal_is_recorded_with_its_number_and_in_the_audit_trail(cast: Cast) -> None:
    remove_member(cast.alice, cast.private.slug, cast.bob.pk)
    [event] = events(cast.private)
    assert (event["name"], event["user"]["id"], event["by"]["id"]) == (
        "member_removed",
        cast.bob.pk,
        cast.alice.pk,
    )
    assert "reason" not in event
    assert deeds() == [("alice", "member_removed", "bob")]
    assert_log_is_whole(cast.private)
    with pytest.raises(NotFound):
        say(cast.bob, cast.private, "still here")


def test_who_was_removed_may_come_again_where_anybody_may(cast: Cast) -> None:
    remove_member(cast.alice, cast.open.slug, cast.bob.pk)
    join_room(cast.bob, cast.open.slug)
    assert roles(cast.open)["bob"] == "member"


def test_who_is_no_member_cannot_be_removed(cast: Cast) -> None:
    for nobody in (cast.carol.pk, cast.gus.pk, 999_999):
        with pytest.raises(NotFound) as error:
            remove_member(cast.alice, cast.open.slug, nobody)
        assert error.value.field == "user_id"
    for outsider in (cast.carol, cast.bob):
        with pytest.raises(Forbidden):
            remove_member(outsider, cast.open.slug, cast.alice.pk)


def test_removing_oneself_is_leaving(cast: Cast) -> None:
    remove_member(cast.bob, cast.open.slug, cast.bob.pk)
    assert [name for _, name, _ in records(cast.open)] == ["member_left"]
    assert deeds() == []
    with pytest.raises(Conflict):
        remove_member(cast.alice, cast.open.slug, cast.alice.pk)


def test_an_archived_room_is_moderated_all_the_same(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    remove_member(cast.alice, cast.open.slug, cast.bob.pk)
    assert roles(cast.open) == {"alice": "owner"}


def test_an_operator_removes_anybody_but_the_last_owner(cast: Cast) -> None:
    remove_member(cast.carol, cast.private.slug, cast.bob.pk, as_operator=True)
    with pytest.raises(Conflict):
        remove_member(cast.carol, cast.private.slug, cast.alice.pk, as_operator=True)
    assert roles(cast.private) == {"alice": "owner"}
