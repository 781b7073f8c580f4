"""Roles, and that a room which is in use keeps an owner."""

import pytest

from chat.actions.rooms import add_members, archive_room, ban_user, join_room, leave_room, set_role
from chat.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from chat.models import AuditEntry, Membership, Room, User
from tests.actions.rooms.records import events, records, roles
from tests.cast import Cast, assert_log_is_whole

pytestmark = pytest.mark.django_db


def test_an_owner_gives_roles_with_a_record_of_each(cast: Cast) -> None:
    for role in ("moderator", "owner", "owner", "member"):
        assert set_role(cast.alice, cast.open.slug, cast.bob.pk, role).role == role
        assert roles(cast.open)["bob"] == role
    found = events(cast.open)
    assert [(event["name"], event["role"]) for event in found] == [
        ("role_changed", "moderator"),
        ("role_changed", "owner"),
        ("role_changed", "member"),
    ]
    assert {(event["user"]["id"], event["by"]["id"]) for event in found} == {(cast.bob.pk, cast.alice.pk)}
    assert_log_is_whole(cast.open)


def test_roles_are_in_the_audit_trail(cast: Cast) -> None:
    set_role(cast.alice, cast.private.slug, cast.bob.pk, "moderator")
    [entry] = AuditEntry.objects.all()
    assert (entry.actor, entry.action, entry.target_name) == (cast.alice, "role_changed", "bob")
    assert entry.details == {"room": cast.private.slug, "from": "member", "to": "moderator"}


@pytest.mark.parametrize(
    ("who", "role", "error"),
    [
        ("bob", "member", Forbidden),
        ("bob", "moderator", Forbidden),
        ("carol", None, Forbidden),
        ("gus", None, NotFound),
    ],
)
def test_nobody_but_owners_gives_roles(
    cast: Cast, who: str, role: str | None, error: type[ChatError]
) -> None:
    user: User = getattr(cast, who)
    if role is not None:
        set_role(cast.alice, cast.open.slug, user.pk, role)
    for target in (cast.alice, cast.bob):
        for wanted in ("owner", "member"):
            with pytest.raises(error):
                set_role(user, cast.open.slug, target.pk, wanted)
    assert roles(cast.open)["alice"] == "owner"


def test_only_members_have_roles_and_only_those_there_are(cast: Cast) -> None:
    for nobody in (cast.carol.pk, cast.gus.pk, 999_999):
        with pytest.raises(NotFound) as missing:
            set_role(cast.alice, cast.open.slug, nobody, "owner")
        assert missing.value.field == "user_id"
    for role in ("", "admin", "OWNER"):
        with pytest.raises(Invalid) as invalid:
            set_role(cast.alice, cast.open.slug, cast.bob.pk, role)
        assert invalid.value.field == "role"
    assert records(cast.open) == []


def test_the_last_owner_does_not_leave_others_behind(cast: Cast) -> None:
    with pytest.raises(Conflict):
        leave_room(cast.alice, cast.open.slug)
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "moderator")
    with pytest.raises(Conflict):
        leave_room(cast.alice, cast.open.slug)
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "owner")
    leave_room(cast.alice, cast.open.slug)
    assert roles(cast.open) == {"bob": "owner"}


def test_the_last_owner_neither_leaves_alone_nor_steps_down(cast: Cast) -> None:
    for role in ("moderator", "member"):
        with pytest.raises(Conflict):
            set_role(cast.alice, cast.open.slug, cast.alice.pk, role)
    leave_room(cast.bob, cast.open.slug)
    with pytest.raises(Conflict) as error:
        leave_room(cast.alice, cast.open.slug)
    assert "archive" in error.value.detail
    assert "owner" in error.value.detail
    assert roles(cast.open) == {"alice": "owner"}


def test_of_two_owners_one_may_go(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "owner")
    set_role(cast.alice, cast.open.slug, cast.alice.pk, "member")
    assert roles(cast.open) == {"alice": "member", "bob": "owner"}


def test_an_owner_whose_account_is_closed_keeps_no_room(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "owner")
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    with pytest.raises(Conflict):
        leave_room(cast.alice, cast.open.slug)


def test_an_archived_room_may_be_left_by_everybody(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    for user in (cast.alice, cast.bob):
        leave_room(user, cast.open.slug)
    assert roles(cast.open) == {}
    assert [name for _, name, _ in records(cast.open)] == ["archived", "member_left", "member_left"]
    assert_log_is_whole(cast.open)


def test_a_room_that_never_had_an_owner_needs_none(cast: Cast) -> None:
    Membership.objects.filter(room=cast.lobby).update(role=Membership.Role.MEMBER)
    join_room(cast.carol, cast.lobby.slug)
    for user in (cast.alice, cast.bob, cast.carol):
        leave_room(user, cast.lobby.slug)
    assert roles(cast.lobby) == {}


def test_an_operator_gives_a_room_without_an_owner_one(cast: Cast) -> None:
    Membership.objects.filter(room=cast.open).update(role=Membership.Role.MEMBER)
    set_role(cast.carol, cast.open.slug, cast.bob.pk, "owner", as_operator=True)
    assert roles(cast.open)["bob"] == "owner"
    with pytest.raises(Conflict):
        set_role(cast.carol, cast.open.slug, cast.bob.pk, "member", as_operator=True)
    [event] = events(cast.open)
    assert event["by"]["id"] == cast.carol.pk


def test_an_archived_room_that_all_left_gets_an_owner_from_an_operator(cast: Cast) -> None:
    archive_room(cast.alice, cast.private.slug, True)
    for user in (cast.alice, cast.bob):
        leave_room(user, cast.private.slug)
    archive_room(cast.carol, cast.private.slug, False, as_operator=True)
    add_members(cast.carol, cast.private.slug, [cast.bob.pk], role="owner", as_operator=True)
    assert roles(cast.private) == {"bob": "owner"}


def test_the_last_owner_is_not_banned_either(cast: Cast) -> None:
    with pytest.raises(Conflict):
        ban_user(cast.carol, cast.open.slug, cast.alice.pk, as_operator=True)
    assert Room.objects.visible_to(cast.alice).filter(pk=cast.open.pk).exists()
    assert roles(cast.open)["alice"] == "owner"
