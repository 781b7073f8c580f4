"""What operators do, and that they may: messages, rooms, accounts and tokens."""

from typing import Protocol

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpResponse
from django.test import Client

from chat.actions.accounts import create_token
from chat.actions.edits import edit_message
from chat.models import Membership, Message, Revision, Room, Token, User
from tests.admin.conftest import Staff, client_of
from tests.cast import Cast, assert_log_is_whole, say

pytestmark = pytest.mark.django_db

NEW = "staple-battery-correct-7"


def operate(client: Client, model: str, action: str, *rows: int, **fields: str) -> HttpResponse:
    """Choose rows of a list and an action, as the list and the buttons do."""
    form = {"action": action, "_selected_action": [str(row) for row in rows], "index": "0", **fields}
    response: HttpResponse = client.post(f"/admin/chat/{model}/", form, follow=True)  # type: ignore[assignment]
    return response


class HasContent(Protocol):
    """What is asked of an answer, which Django's test client gives a type of its own."""

    @property
    def content(self) -> bytes: ...


def text_of(response: HasContent) -> str:
    return response.content.decode()


def test_removing_a_message_asks_first_and_leaves_a_tombstone(
    admin: Client, operator: User, cast: Cast
) -> None:
    said = say(cast.bob, cast.private, "something bad")
    edit_message(cast.bob, said.message_id, "something worse")
    asked = operate(admin, "message", "remove", said.message_id)
    assert "something worse" in text_of(asked)
    assert not Message.objects.get(pk=said.message_id).deleted
    done = operate(admin, "message", "remove", said.message_id, confirmed="yes")
    assert "1 message removed." in text_of(done)
    message = Message.objects.get(pk=said.message_id)
    assert (message.deleted, message.text, message.html) == (True, "", "")
    assert not Revision.objects.exists()
    assert_log_is_whole(cast.private)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.get_change_message()) == (
        operator,
        str(message.pk),
        "Removed.",
    )


def test_several_are_removed_at_once_and_what_the_system_records_stays(admin: Client, cast: Cast) -> None:
    ids = [say(cast.bob, cast.lobby, text).message_id for text in ("one", "two")]
    operate(admin, "room", "archive", cast.lobby.pk)
    record = Message.objects.get(kind=Message.Kind.SYSTEM)
    done = operate(admin, "message", "remove", *ids, record.pk, confirmed="yes")
    assert "2 messages removed." in text_of(done)
    assert "What the system records stays." in text_of(done)
    record.refresh_from_db()
    assert not record.deleted


def test_the_page_of_a_message_has_the_button_and_comes_back_to_it(admin: Client, cast: Cast) -> None:
    said = say(cast.bob, cast.lobby, "something bad")
    page = f"/admin/chat/message/{said.message_id}/change/"
    assert "Remove this message for everybody" in text_of(admin.get(page))
    done = operate(admin, "message", "remove", said.message_id, confirmed="yes", _one="1")
    assert done.request["PATH_INFO"] == page  # type: ignore[attr-defined]
    assert "Remove this message for everybody" not in text_of(done)


def test_rooms_are_archived_and_reopened_with_a_record(admin: Client, operator: User, cast: Cast) -> None:
    done = operate(admin, "room", "archive", cast.lobby.pk, cast.private.pk)
    assert "2 rooms archived." in text_of(done)
    assert Room.objects.get(pk=cast.private.pk).archived
    operate(admin, "room", "reopen", cast.lobby.pk)
    assert not Room.objects.get(pk=cast.lobby.pk).archived
    events = [message.event for message in Message.objects.filter(room=cast.lobby).order_by("id")]
    assert [event["name"] for event in events if event] == ["archived", "unarchived"]
    assert all(event["by"]["id"] == operator.pk for event in events if event)
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("id")] == [
        "Archived.",
        "Archived.",
        "Reopened.",
    ]


def test_the_buttons_of_a_room_fit_its_state(admin: Client, cast: Cast) -> None:
    page = f"/admin/chat/room/{cast.lobby.pk}/change/"
    assert "Archive this room" in text_of(admin.get(page))
    operate(admin, "room", "archive", cast.lobby.pk, _one="1")
    assert "Reopen this room" in text_of(admin.get(page))
    assert "Archive this room" not in text_of(admin.get(page))


def test_accounts_are_closed_and_opened_again(admin: Client, operator: User, cast: Cast) -> None:
    operate(admin, "user", "deactivate", cast.bob.pk)
    assert not User.objects.get(pk=cast.bob.pk).is_active
    operate(admin, "user", "reactivate", cast.bob.pk)
    assert User.objects.get(pk=cast.bob.pk).is_active
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("id")] == [
        "Deactivated.",
        "Reactivated.",
    ]


def test_nobody_closes_their_own_account(admin: Client, operator: User) -> None:
    done = operate(admin, "user", "deactivate", operator.pk)
    assert "You cannot deactivate yourself." in text_of(done)
    operator.refresh_from_db()
    assert operator.is_active
    assert not LogEntry.objects.exists()


def test_an_account_is_made_with_name_and_password(admin: Client, cast: Cast) -> None:
    form = {"username": "dora", "name": "Dora D.", "email": "", "usable_password": "true"}
    response = admin.post("/admin/chat/user/add/", {**form, "password1": NEW, "password2": NEW})
    dora = User.objects.get(username="dora")
    assert response.headers["Location"] == f"/admin/chat/user/{dora.pk}/change/"
    assert (dora.display_name, dora.kind) == ("Dora D.", User.Kind.USER)
    assert dora.check_password(NEW)
    again = admin.post(
        "/admin/chat/user/add/", {**form, "username": "DORA", "password1": NEW, "password2": NEW}
    )
    assert "already exists" in text_of(again)


def test_an_account_may_have_no_password(admin: Client, cast: Cast) -> None:
    form = {"username": "robot", "name": "", "email": "", "usable_password": "false"}
    admin.post("/admin/chat/user/add/", form)
    assert not User.objects.get(username="robot").has_usable_password()


def test_editing_an_account_touches_its_changed_fields_alone(admin: Client, cast: Cast) -> None:
    form = {
        "name": "Robert",
        "email": "bob@example.org",
        "username": "mallory",
        "is_active": "",
        "kind": "bot",
    }
    admin.post(f"/admin/chat/user/{cast.bob.pk}/change/", form)
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.name, bob.email) == ("Robert", "bob@example.org")
    assert (bob.username, bob.is_active, bob.kind) == ("bob", True, "user")


def test_nobody_changes_their_own_rights(admin: Client, operator: User) -> None:
    admin.post(f"/admin/chat/user/{operator.pk}/change/", {"name": "Olga", "email": ""})
    operator.refresh_from_db()
    assert operator.is_superuser
    assert operator.is_staff


def test_an_operator_gives_a_new_password(admin: Client, operator: User, cast: Cast) -> None:
    theirs = client_of(cast.bob)
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin.post(f"/admin/chat/user/{cast.bob.pk}/password/", form)
    assert User.objects.get(pk=cast.bob.pk).check_password(NEW)
    assert theirs.get("/accounts/password/change/").status_code == 302
    assert admin.get("/admin/").status_code == 200


def test_revoking_a_token_ends_it(admin: Client, cast: Cast) -> None:
    for _ in range(2):
        create_token(cast.bob)
    first, second = Token.objects.all()
    admin.post(f"/admin/chat/token/{first.pk}/delete/", {"post": "yes"})
    assert Token.objects.get() == second
    operate(admin, "token", "delete_selected", second.pk, post="yes")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("model", "action", "seeing", "right"),
    [
        ("message", "remove", "view_message", "delete_message"),
        ("room", "archive", "view_room", "change_room"),
        ("user", "deactivate", "view_user", "change_user"),
        ("token", "delete_selected", "view_token", "delete_token"),
    ],
)
def test_seeing_is_not_acting(
    staff: Staff, cast: Cast, model: str, action: str, seeing: str, right: str
) -> None:
    def acted() -> list[object]:
        return [
            Message.objects.filter(deleted=True).exists(),
            Room.objects.exclude(archived_at=None).exists(),
            User.objects.filter(is_active=False).exists(),
            not Token.objects.exists(),
        ]

    create_token(cast.bob)
    rows = {
        "message": say(cast.bob, cast.lobby, "hello").message_id,
        "room": cast.lobby.pk,
        "user": cast.bob.pk,
        "token": Token.objects.get().pk,
    }
    operate(staff(seeing), model, action, rows[model], confirmed="yes", post="yes")
    assert not any(acted())
    operate(staff(seeing, right), model, action, rows[model], confirmed="yes", post="yes")
    assert any(acted())


def test_helpers_reach_nobody_with_more_rights_and_give_none(
    staff: Staff, operator: User, cast: Cast
) -> None:
    helper = staff("view_user", "change_user")
    page = f"/admin/chat/user/{operator.pk}/change/"
    assert helper.post(page, {"name": "Nobody"}).status_code == 403
    assert helper.post(f"/admin/chat/user/{operator.pk}/password/", {"password1": NEW}).status_code == 403
    operate(helper, "user", "deactivate", operator.pk)
    operator.refresh_from_db()
    assert (operator.name, operator.is_active) == ("Olga", True)
    helper.post(f"/admin/chat/user/{cast.bob.pk}/change/", {"name": "B", "email": "", "is_superuser": "on"})
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.name, bob.is_superuser) == ("B", False)


def test_a_room_owners_rights_are_none_in_the_admin(cast: Cast) -> None:
    assert Membership.objects.filter(user=cast.alice, role=Membership.Role.OWNER).exists()
    assert client_of(cast.alice).get("/admin/", follow=True).status_code == 403
