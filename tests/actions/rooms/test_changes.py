"""Rooms that change: name, topic, kind and archive, by whom, and what is written of it."""

from typing import Any

import pytest

from chat.actions.rooms import archive_room, change_room, set_role
from chat.errors import Archived, ChatError, Forbidden, Invalid, NotFound
from chat.models import AuditEntry, Message, Room, User
from chat.models.room import ROOM_NAME_CHARS, TOPIC_CHARS
from tests.actions.rooms.records import deeds, events, records
from tests.cast import Cast, assert_log_is_whole

pytestmark = pytest.mark.django_db


def as_it_is(room: Room) -> tuple[str, str, str, int]:
    room = Room.objects.get(pk=room.pk)
    return room.name, room.topic, room.kind, room.seq


def test_each_changed_field_is_a_record_of_its_own(cast: Cast) -> None:
    change_room(cast.alice, cast.open.slug, name=" Plans ", topic="What comes", kind="private")
    assert as_it_is(cast.open) == ("Plans", "What comes", "private", 3)
    found = events(cast.open)
    assert [(event["name"], event["from"], event["to"]) for event in found] == [
        ("kind_changed", "open", "private"),
        ("room_renamed", "Open", "Plans"),
        ("topic_changed", "", "What comes"),
    ]
    assert (
        {event["user"]["id"] for event in found} == {event["by"]["id"] for event in found} == {cast.alice.pk}
    )
    assert Room.objects.get(pk=cast.open.pk).slug == "open"
    assert_log_is_whole(cast.open)


def test_what_is_so_already_changes_nothing(cast: Cast) -> None:
    before = as_it_is(cast.open)
    change_room(cast.alice, cast.open.slug, name="Open ", topic="", kind="open")
    change_room(cast.alice, cast.open.slug)
    assert as_it_is(cast.open) == before
    assert (records(cast.open), deeds()) == ([], [])
    change_room(cast.alice, cast.open.slug, name="Open", topic="New")
    assert [name for _, name, _ in records(cast.open)] == ["topic_changed"]


@pytest.mark.parametrize(
    ("who", "role", "error"),
    [
        ("bob", "member", Forbidden),
        ("bob", "moderator", None),
        ("bob", "owner", None),
        ("carol", None, Forbidden),
        ("gus", None, NotFound),
    ],
)
def test_moderators_and_owners_rename(
    cast: Cast, who: str, role: str | None, error: type[ChatError] | None
) -> None:
    user: User = getattr(cast, who)
    if role is not None:
        set_role(cast.alice, cast.open.slug, user.pk, role)
    changes: list[dict[str, Any]] = [{"name": "Renamed"}, {"topic": "New"}]
    for change in changes:
        if error is None:
            change_room(user, cast.open.slug, **change)
        else:
            with pytest.raises(error):
                change_room(user, cast.open.slug, **change)
    renamed = ("Renamed", "New") if error is None else ("Open", "")
    assert as_it_is(cast.open)[:2] == renamed


def test_only_owners_change_the_kind_and_then_nothing_else_is_changed_either(cast: Cast) -> None:
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "moderator")
    with pytest.raises(Forbidden) as error:
        change_room(cast.bob, cast.open.slug, name="Renamed", kind="private")
    assert error.value.field == "kind"
    assert as_it_is(cast.open)[0::2] == ("Open", "open")
    set_role(cast.alice, cast.open.slug, cast.bob.pk, "owner")
    change_room(cast.bob, cast.open.slug, kind="private")
    assert as_it_is(cast.open)[2] == "private"


@pytest.mark.parametrize("before", ["public", "open", "private"])
@pytest.mark.parametrize("after", ["public", "open", "private"])
def test_a_room_goes_from_any_kind_to_any_other_but_direct(cast: Cast, before: str, after: str) -> None:
    Room.objects.filter(pk=cast.open.pk).update(kind=before)
    change_room(cast.alice, cast.open.slug, kind=after)
    assert as_it_is(cast.open)[2] == after
    with pytest.raises(Invalid) as error:
        change_room(cast.alice, cast.open.slug, kind="direct")
    assert error.value.field == "kind"


def test_a_direct_room_stays_one_but_everybody_in_it_may_rename_it(cast: Cast) -> None:
    for user in (cast.alice, cast.bob):
        for kind in ("public", "open", "private"):
            with pytest.raises(Forbidden):
                change_room(user, cast.direct.slug, kind=kind)
        change_room(user, cast.direct.slug, name=f"By {user.name}", topic="Ours")
        assert as_it_is(cast.direct)[:3] == (f"By {user.name}", "Ours", "direct")
    with pytest.raises(Forbidden):
        change_room(cast.alice, cast.direct.slug, kind="private", as_operator=True)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("name", {"name": " \n"}),
        ("name", {"name": "x" * (ROOM_NAME_CHARS + 1)}),
        ("name", {"name": "a\0b"}),
        ("topic", {"topic": "x" * (TOPIC_CHARS + 1)}),
        ("topic", {"topic": "\ud800"}),
        ("kind", {"kind": "secret"}),
        ("kind", {"kind": ""}),
    ],
)
def test_a_change_of_a_wrong_form_is_invalid(cast: Cast, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as error:
        change_room(cast.alice, cast.open.slug, **{"topic": "Good", **values})
    assert error.value.field == field
    assert as_it_is(cast.open) == ("Open", "", "open", 0)


def test_an_archived_room_is_not_changed(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    changes: list[dict[str, Any]] = [
        {"name": "Renamed"},
        {"topic": "New"},
        {"kind": "private"},
        {"name": "Open"},
    ]
    for change in changes:
        with pytest.raises(Archived):
            change_room(cast.alice, cast.open.slug, **change)
    assert as_it_is(cast.open) == ("Open", "", "open", 1)


def test_an_operator_changes_any_room(cast: Cast) -> None:
    with pytest.raises(NotFound):
        change_room(cast.carol, cast.private.slug, name="Renamed", kind="open")
    change_room(cast.carol, cast.private.slug, name="Renamed", kind="open", as_operator=True)
    assert as_it_is(cast.private) == ("Renamed", "", "open", 2)
    change_room(cast.carol, cast.lobby.slug, topic="Nobody owns this", as_operator=True)


def test_changes_are_in_the_audit_trail_without_what_people_wrote(cast: Cast) -> None:
    change_room(cast.alice, cast.open.slug, name="A secret", topic="A secret too", kind="private")
    archive_room(cast.alice, cast.open.slug, True)
    archive_room(cast.alice, cast.open.slug, False)
    wanted = ("kind_changed", "room_renamed", "topic_changed", "archived", "unarchived")
    assert deeds() == [("alice", action, "open") for action in wanted]
    assert AuditEntry.objects.get(action="kind_changed").details == {"from": "open", "to": "private"}
    assert not any("secret" in str(entry.details) for entry in AuditEntry.objects.all())


def test_only_owners_archive_and_reopen(cast: Cast) -> None:
    for person_, error in ((cast.bob, Forbidden), (cast.carol, Forbidden), (cast.gus, NotFound)):
        with pytest.raises(error):
            archive_room(person_, cast.open.slug, True)
    assert archive_room(cast.alice, cast.open.slug, True).archived
    assert Room.objects.get(pk=cast.open.pk).archived
    assert not archive_room(cast.alice, cast.open.slug, False).archived


def test_everybody_in_a_direct_room_archives_it(cast: Cast) -> None:
    assert archive_room(cast.bob, cast.direct.slug, True).archived
    assert not archive_room(cast.alice, cast.direct.slug, False).archived


def test_an_operator_archives_also_what_they_cannot_see(cast: Cast) -> None:
    with pytest.raises(NotFound):
        archive_room(cast.carol, cast.private.slug, True)
    assert archive_room(cast.carol, cast.private.slug, True, as_operator=True).archived
    with pytest.raises(NotFound):
        archive_room(cast.carol, "no-such-room", True, as_operator=True)


def test_archiving_is_recorded_once_with_its_number(cast: Cast) -> None:
    for on in (True, True, False, False):
        archive_room(cast.alice, cast.open.slug, on)
    found = list(Message.objects.filter(room=cast.open).order_by("id"))
    assert [record.kind for record in found] == ["system", "system"]
    assert [event["name"] for event in events(cast.open)] == ["archived", "unarchived"]
    assert [record.seq for record in found] == [1, 2]
    assert events(cast.open)[0]["by"]["id"] == cast.alice.pk
    assert_log_is_whole(cast.open)
