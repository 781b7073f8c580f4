"""Operators set owners, add, remove, ban and unban, by the actions that the rooms' own moderators use."""

import pytest
from django.http import HttpResponse
from django.test import Client

from chat.models import AuditEntry, Ban, Membership, Message, Room, User
from tests.admin.conftest import Staff
from tests.admin.test_operations import operate, text_of
from tests.cast import Cast, assert_log_is_whole

pytestmark = pytest.mark.django_db
Role = Membership.Role


def add(client: Client, model: str, room: Room, user: User, **fields: str) -> HttpResponse:
    form = {"room": str(room.pk), "user": str(user.pk), **fields}
    response: HttpResponse = client.post(f"/admin/chat/{model}/add/", form, follow=True)  # type: ignore[assignment]
    return response


def membership(room: Room, user: User) -> Membership | None:
    return Membership.objects.filter(room=room, user=user).first()


def recorded() -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.filter(door="admin").order_by("id")
    return list(entries.values_list("actor_name", "action", "target_name"))


def happened(room: Room) -> list[str]:
    """What the system has recorded in the room itself."""
    found = Message.objects.filter(room=room, kind=Message.Kind.SYSTEM).order_by("id")
    return [message.event["name"] for message in found if message.event]


def test_somebody_is_banned_and_let_in_again(admin: Client, operator: User, cast: Cast) -> None:
    done = add(admin, "ban", cast.open, cast.bob, reason="spam")
    assert "was added successfully" in text_of(done)
    ban = Ban.objects.get()
    assert (ban.room, ban.user, ban.by, ban.reason) == (cast.open, cast.bob, operator, "spam")
    assert membership(cast.open, cast.bob) is None
    assert cast.open not in Room.objects.visible_to(cast.bob)
    assert "Lift this ban" in text_of(admin.get(f"/admin/chat/ban/{ban.pk}/change/"))
    lifted = operate(admin, "ban", "lift", ban.pk, _one="1")
    assert "1 ban lifted." in text_of(lifted)
    assert not Ban.objects.exists()
    assert cast.open in Room.objects.visible_to(cast.bob)
    assert recorded() == [("olga", "banned", "bob"), ("olga", "unbanned", "bob")]
    assert_log_is_whole(cast.open)


def test_a_ban_that_is_refused_leads_back_to_the_form_as_it_was(admin: Client, cast: Cast) -> None:
    done = add(admin, "ban", cast.direct, cast.bob, reason="spam")
    assert "Nobody is banned from a direct room." in text_of(done)
    assert 'value="spam"' in text_of(done)
    assert not Ban.objects.exists()
    assert recorded() == []


def test_a_room_gets_another_owner(admin: Client, cast: Cast) -> None:
    done = add(admin, "membership", cast.private, cast.carol, role=Role.OWNER)
    assert "was added successfully" in text_of(done)
    carols = membership(cast.private, cast.carol)
    assert carols is not None
    assert carols.role == Role.OWNER
    alices = membership(cast.private, cast.alice)
    assert alices is not None
    operate(admin, "membership", "make_member", alices.pk)
    alices.refresh_from_db()
    assert alices.role == Role.MEMBER
    bobs = membership(cast.private, cast.bob)
    assert bobs is not None
    operate(admin, "membership", "make_moderator", bobs.pk)
    operate(admin, "membership", "make_owner", bobs.pk)
    bobs.refresh_from_db()
    assert bobs.role == Role.OWNER
    assert "member_joined" in happened(cast.private)
    assert ("olga", "member_added", "carol") in recorded()
    assert recorded().count(("olga", "role_changed", "bob")) == 2
    assert_log_is_whole(cast.private)


def test_a_room_keeps_its_last_owner(admin: Client, cast: Cast) -> None:
    alices = membership(cast.private, cast.alice)
    assert alices is not None
    done = operate(admin, "membership", "make_member", alices.pk)
    assert "last owner stays" in text_of(done)
    alices.refresh_from_db()
    assert alices.role == Role.OWNER
    assert recorded() == []


def test_a_member_is_removed(admin: Client, cast: Cast) -> None:
    bobs = membership(cast.private, cast.bob)
    assert bobs is not None
    done = operate(admin, "membership", "remove", bobs.pk, _one="1")
    assert "1 membership removed." in text_of(done)
    assert membership(cast.private, cast.bob) is None
    assert happened(cast.private) == ["member_removed"]
    assert recorded() == [("olga", "member_removed", "bob")]


def test_the_buttons_fit_the_role(admin: Client, cast: Cast) -> None:
    bobs = membership(cast.private, cast.bob)
    assert bobs is not None
    page = text_of(admin.get(f"/admin/chat/membership/{bobs.pk}/change/"))
    assert [label in page for label in ("Make owner", "Make moderator", "Make plain member")] == [
        True,
        True,
        False,
    ]


def test_rooms_and_people_lead_to_the_forms_and_the_trail(admin: Client, cast: Cast) -> None:
    room = text_of(admin.get(f"/admin/chat/room/{cast.open.pk}/change/"))
    for way in (
        f"/admin/chat/ban/add/?room={cast.open.pk}",
        f"/admin/chat/membership/add/?room={cast.open.pk}",
        f"/admin/chat/auditentry/?target_type=room&amp;target_id={cast.open.pk}",
    ):
        assert way in room
    person = text_of(admin.get(f"/admin/chat/user/{cast.bob.pk}/change/"))
    assert f"/admin/chat/ban/add/?user={cast.bob.pk}" in person
    filled = text_of(admin.get(f"/admin/chat/ban/add/?user={cast.bob.pk}&room={cast.open.pk}"))
    assert f'<option value="{cast.bob.pk}" selected>' in filled
    assert f'<option value="{cast.open.pk}" selected>' in filled


def test_archiving_and_reopening_a_room_is_recorded(admin: Client, cast: Cast) -> None:
    operate(admin, "room", "archive", cast.lobby.pk)
    operate(admin, "room", "reopen", cast.lobby.pk)
    assert recorded() == [("olga", "archived", "lobby"), ("olga", "unarchived", "lobby")]


def test_who_lacks_the_right_is_refused_and_leaves_no_trace(staff: Staff, cast: Cast) -> None:
    bobs = membership(cast.open, cast.bob)
    assert bobs is not None
    seeing = staff("view_ban", "view_membership", "view_room", "view_user")
    for model in ("ban", "membership"):
        assert add(seeing, model, cast.open, cast.carol, role=Role.OWNER).status_code == 403
    for action in ("make_owner", "remove"):
        operate(seeing, "membership", action, bobs.pk)
    assert not Ban.objects.exists()
    assert membership(cast.open, cast.carol) is None
    bobs.refresh_from_db()
    assert bobs.role == Role.MEMBER
    assert recorded() == []
    assert "/admin/chat/ban/add/" not in text_of(seeing.get(f"/admin/chat/room/{cast.open.pk}/change/"))
    banning = staff("view_ban", "add_ban", "view_room", "view_user")
    add(banning, "ban", cast.open, cast.bob, reason="")
    operate(banning, "ban", "lift", Ban.objects.get().pk)
    assert Ban.objects.exists()
