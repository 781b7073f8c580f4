"""Bans: who keeps whom out, that the room is missing to them then, and what lifting one restores."""

from collections.abc import Callable

import pytest

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.reactions import react
from chat.actions.rooms import (
    add_members,
    archive_room,
    ban_user,
    change_room,
    join_room,
    leave_room,
    remove_member,
    set_notify,
    set_role,
    unban_user,
)
from chat.errors import ChatError, Forbidden, Invalid, NotFound
from chat.models import Ban, Room, User
from chat.models.membership import BAN_REASON_CHARS
from tests.actions.rooms.records import deeds, events, records, roles
from tests.cast import Cast, assert_log_is_whole, person, say

pytestmark = pytest.mark.django_db


def sees(user: User, room: Room) -> bool:
    return Room.objects.visible_to(user).filter(pk=room.pk).exists()


@pytest.mark.parametrize("who", ["bob", "carol", "gus"])
def test_members_outsiders_and_guests_are_kept_out(cast: Cast, who: str) -> None:
    user: User = getattr(cast, who)
    assert sees(user, cast.lobby)
    ban = ban_user(cast.alice, cast.lobby.slug, user.pk, reason="spam")
    assert (ban.user, ban.by, ban.reason, ban.room) == (user, cast.alice, "spam", cast.lobby)
    assert not sees(user, cast.lobby)
    assert who not in roles(cast.lobby)
    [event] = events(cast.lobby)
    assert (event["name"], event["reason"]) == ("member_removed", "banned")
    assert (event["user"]["id"], event["by"]["id"]) == (user.pk, cast.alice.pk)
    assert deeds() == [("alice", "banned", who)]
    assert_log_is_whole(cast.lobby)


def test_other_rooms_are_as_they_were(cast: Cast) -> None:
    ban_user(cast.alice, cast.lobby.slug, cast.bob.pk)
    assert all(sees(cast.bob, room) for room in (cast.open, cast.private, cast.direct))


def attempts(bob: User, other: int, slug: str, message_id: int) -> list[Callable[[], object]]:
    """Everything that somebody may try in a room or with a message of it; `other` is somebody else's id."""
    return [
        lambda: say(bob, Room(slug=slug), "hello"),
        lambda: join_room(bob, slug),
        lambda: leave_room(bob, slug),
        lambda: add_members(bob, slug, [other]),
        lambda: remove_member(bob, slug, other),
        lambda: set_role(bob, slug, bob.pk, "owner"),
        lambda: set_notify(bob, slug, "none"),
        lambda: ban_user(bob, slug, other),
        lambda: unban_user(bob, slug, bob.pk),
        lambda: change_room(bob, slug, name="Mine"),
        lambda: archive_room(bob, slug, True),
        lambda: edit_message(bob, message_id, "changed"),
        lambda: delete_message(bob, message_id),
        lambda: react(bob, message_id, "👍", True),
        lambda: history.room_for(bob, slug),
        lambda: history.sync(bob, slug, None, None),
        lambda: history.page(bob, slug),
        lambda: history.members_of(bob, slug, 0, 10),
        lambda: history.bans_of(bob, slug, 0, 10),
        lambda: history.message_for(bob, message_id),
    ]


@pytest.mark.parametrize("room", ["lobby", "open"])
def test_to_who_is_banned_the_room_is_missing_whatever_they_try(cast: Cast, room: str) -> None:
    place: Room = getattr(cast, room)
    mine = say(cast.bob, place, "mine").message_id
    bob, slug, other = cast.bob, place.slug, cast.carol.pk

    def answer(attempt: Callable[[], object]) -> str:
        with pytest.raises(NotFound) as error:
            attempt()
        return f"{error.value.detail} {error.value.field}"

    assert history.message_for(bob, mine).text == "mine", "it could be seen"
    ban_user(cast.alice, slug, bob.pk)
    banned = [answer(attempt) for attempt in attempts(bob, other, slug, mine)]
    missing = [answer(attempt) for attempt in attempts(bob, other, "no-such-room", 999_999)]
    assert banned == missing
    assert slug not in [found.slug for found in history.rooms_for(bob)]


@pytest.mark.parametrize(
    ("mine", "theirs", "allowed"),
    [
        ("owner", "owner", True),
        ("owner", "moderator", True),
        ("owner", "member", True),
        ("owner", None, True),
        ("moderator", "owner", False),
        ("moderator", "moderator", False),
        ("moderator", "member", True),
        ("moderator", None, True),
        ("member", "member", False),
        ("member", None, False),
    ],
)
def test_who_bans_whom(cast: Cast, mine: str, theirs: str | None, allowed: bool) -> None:
    if theirs is not None:
        add_members(cast.alice, cast.open.slug, [cast.carol.pk], role=theirs)
    set_role(cast.alice, cast.open.slug, cast.bob.pk, mine)
    if allowed:
        ban_user(cast.bob, cast.open.slug, cast.carol.pk)
    else:
        with pytest.raises(Forbidden):
            ban_user(cast.bob, cast.open.slug, cast.carol.pk)
    assert sees(cast.carol, cast.open) is not allowed


@pytest.mark.parametrize(("who", "error"), [("carol", Forbidden), ("gus", NotFound)])
def test_outsiders_ban_nobody_and_see_no_bans(cast: Cast, who: str, error: type[ChatError]) -> None:
    ban_user(cast.alice, cast.open.slug, person("dave").pk)
    user: User = getattr(cast, who)
    for attempt in (
        lambda: ban_user(user, cast.open.slug, cast.bob.pk),
        lambda: unban_user(user, cast.open.slug, cast.bob.pk),
        lambda: history.bans_of(user, cast.open.slug, 0, 10),
    ):
        with pytest.raises(error):
            attempt()
    assert Ban.objects.count() == 1


def test_nobody_bans_themselves_and_nobody_is_banned_from_a_direct_room(cast: Cast) -> None:
    for as_operator in (False, True):
        with pytest.raises(Forbidden):
            ban_user(cast.alice, cast.open.slug, cast.alice.pk, as_operator=as_operator)
        with pytest.raises(Forbidden):
            ban_user(cast.alice, cast.direct.slug, cast.bob.pk, as_operator=as_operator)
    assert not Ban.objects.exists()


def test_who_is_banned_already_stays_so(cast: Cast) -> None:
    first = ban_user(cast.alice, cast.open.slug, cast.bob.pk, reason="first")
    again = ban_user(cast.alice, cast.open.slug, cast.bob.pk, reason="second")
    assert (again.pk, again.reason) == (first.pk, "first")
    assert len(records(cast.open)) == len(deeds()) == 1


def test_lifting_a_ban_restores_nothing_but_the_possibility_to_come(cast: Cast) -> None:
    ban_user(cast.alice, cast.open.slug, cast.bob.pk)
    for _ in range(2):
        unban_user(cast.alice, cast.open.slug, cast.bob.pk)
    assert sees(cast.bob, cast.open)
    assert "bob" not in roles(cast.open)
    assert [action for _, action, _ in deeds()] == ["banned", "unbanned"]
    assert len(records(cast.open)) == 1, "a lifted ban is no news to the room"
    join_room(cast.bob, cast.open.slug)
    assert roles(cast.open)["bob"] == "member"
    ban_user(cast.alice, cast.private.slug, cast.bob.pk)
    unban_user(cast.alice, cast.private.slug, cast.bob.pk)
    assert not sees(cast.bob, cast.private)


def test_who_cannot_be_found_by_name_cannot_be_banned(cast: Cast) -> None:
    gone = person("gone")
    add_members(cast.alice, cast.private.slug, [gone.pk])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    machine = person("machine", User.Kind.SYSTEM)
    for nobody in (gone.pk, machine.pk, 999_999):
        with pytest.raises(NotFound) as error:
            ban_user(cast.alice, cast.open.slug, nobody)
        assert error.value.field == "user_id"
    assert ban_user(cast.alice, cast.private.slug, gone.pk).user == gone, "a member is known by the room"


@pytest.mark.parametrize("reason", ["x" * (BAN_REASON_CHARS + 1), "a\0b", "\ud800"])
def test_a_reason_of_a_wrong_form_is_invalid(cast: Cast, reason: str) -> None:
    with pytest.raises(Invalid) as error:
        ban_user(cast.alice, cast.open.slug, cast.bob.pk, reason=reason)
    assert error.value.field == "reason"
    assert not Ban.objects.exists()


def test_an_operator_bans_and_lifts_in_any_room(cast: Cast) -> None:
    ban_user(cast.carol, cast.private.slug, cast.bob.pk, as_operator=True)
    assert not sees(cast.bob, cast.private)
    unban_user(cast.carol, cast.private.slug, cast.bob.pk, as_operator=True)
    assert not Ban.objects.exists()


def test_the_list_of_bans_is_paged_by_user_id(cast: Cast) -> None:
    banned = [person(f"banned{number}") for number in range(3)]
    for user in banned:
        ban_user(cast.alice, cast.open.slug, user.pk, reason="spam")
    ban_user(cast.alice, cast.lobby.slug, cast.carol.pk)
    page = history.bans_of(cast.alice, cast.open.slug, 0, 2)
    assert [ban.user.id for ban in page.bans] == [user.pk for user in banned[:2]]
    assert page.more
    [last] = history.bans_of(cast.alice, cast.open.slug, banned[1].pk, 2).bans
    assert last.by is not None
    assert (last.by.id, last.reason) == (cast.alice.pk, "spam")


def test_an_archived_room_is_kept_clean_too(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    ban_user(cast.alice, cast.open.slug, cast.bob.pk)
    assert not sees(cast.bob, cast.open)
