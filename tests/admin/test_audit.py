"""The audit trail in the admin: what operators do stands there, and nobody changes it."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.test import Client

from chat.actions.accounts import create_token
from chat.actions.audit import coming_from, record
from chat.models import AuditEntry, Message, Token, User
from tests.admin.conftest import Staff, client_of
from tests.admin.test_operations import NEW, operate, text_of
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db
TRAIL = "/admin/chat/auditentry/"


def recorded() -> list[tuple[str, str, str]]:
    """Who did what to whom, leaving out what the cast did before."""
    entries = AuditEntry.objects.filter(door="admin").order_by("id")
    return list(entries.values_list("actor_name", "action", "target_name"))


def test_what_operators_do_is_recorded(admin: Client, cast: Cast) -> None:
    said = say(cast.bob, cast.lobby, "something bad")
    create_token(cast.bob)
    operate(admin, "message", "remove", said.message_id, confirmed="yes")
    operate(admin, "user", "deactivate", cast.bob.pk)
    operate(admin, "user", "reactivate", cast.bob.pk)
    operate(admin, "token", "delete_selected", Token.objects.get().pk, post="yes")
    assert recorded() == [
        ("olga", "message_removed", f"message {said.message_id}"),
        ("olga", "deactivated", "bob"),
        ("olga", "reactivated", "bob"),
        ("olga", "token_revoked", "bob"),
    ]
    removed = AuditEntry.objects.get(action="message_removed")
    assert removed.details == {"room": "lobby", "author": "bob"}
    assert removed.address == "127.0.0.1"
    assert "something bad" not in str(list(AuditEntry.objects.values()))


def test_what_the_forms_change_is_recorded(admin: Client, cast: Cast) -> None:
    form = {"username": "dora", "name": "", "email": "", "usable_password": "true"}
    admin.post("/admin/chat/user/add/", {**form, "password1": NEW, "password2": NEW})
    helpers = Group.objects.create(name="helpers")
    page = f"/admin/chat/user/{cast.bob.pk}/change/"
    admin.post(page, {"name": "Robert", "email": "", "is_staff": "on", "groups": helpers.pk})
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin.post(f"/admin/chat/user/{cast.bob.pk}/password/", given)
    assert recorded() == [
        ("olga", "account_made", "dora"),
        ("olga", "rights_changed", "bob"),
        ("olga", "account_changed", "bob"),
        ("olga", "password_set", "bob"),
    ]
    details = {entry.action: entry.details for entry in AuditEntry.objects.all()}
    assert details["rights_changed"] == {"is_staff": True, "groups": ["helpers"]}
    assert details["account_changed"] == {"fields": ["name"]}
    assert details["password_set"] == {"usable": True}


def test_what_changes_nothing_is_not_recorded(admin: Client, cast: Cast) -> None:
    admin.post(f"/admin/chat/user/{cast.bob.pk}/change/", {"name": "Bob", "email": ""})
    wrong = {"password1": NEW, "password2": "another", "usable_password": "true"}
    admin.post(f"/admin/chat/user/{cast.bob.pk}/password/", wrong)
    cast.bob.set_password(NEW)
    cast.bob.save()
    conflicting = {"password1": NEW, "password2": NEW, "usable_password": "false"}
    admin.post(f"/admin/chat/user/{cast.bob.pk}/password/", conflicting)
    assert recorded() == []


def test_groups_of_rights_and_addresses_are_recorded(admin: Client, cast: Cast) -> None:
    right = Permission.objects.get(codename="delete_message")
    admin.post("/admin/auth/group/add/", {"name": "helpers", "permissions": right.pk})
    group = Group.objects.get()
    admin.post(f"/admin/auth/group/{group.pk}/change/", {"name": "helpers"})
    admin.post(f"/admin/auth/group/{group.pk}/change/", {"name": "helpers"})
    admin.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    address = EmailAddress.objects.create(user=cast.bob, email="bob@example.org")
    form = {"action": "make_verified", "_selected_action": address.pk, "index": 0}
    admin.post("/admin/account/emailaddress/", form)
    form["action"] = "delete_selected"
    admin.post("/admin/account/emailaddress/", {**form, "post": "yes"})
    assert [action for _, action, _ in recorded()] == [
        "group_added",
        "group_changed",
        "group_deleted",
        "emailaddress_changed",
        "emailaddress_deleted",
    ]
    added, changed = AuditEntry.objects.filter(target_type="group").order_by("id")[:2]
    assert (added.details, changed.details) == ({"rights": ["delete_message"]}, {"rights": []})


def test_signing_somebody_out_ends_all_their_sessions_alone(admin: Client, cast: Cast) -> None:
    first, second, other = client_of(cast.bob), client_of(cast.bob), client_of(cast.alice)
    done = operate(admin, "user", "sign_out", cast.bob.pk)
    assert "1 user signed out." in text_of(done)
    password = "/accounts/password/change/"
    assert [client.get(password).status_code for client in (first, second, other)] == [302, 302, 302]
    assert "login" in first.get(password).headers["Location"]
    assert "login" in second.get(password).headers["Location"]
    assert "login" not in other.get(password).headers["Location"]
    assert recorded() == [("olga", "sessions_ended", "bob")]
    assert AuditEntry.objects.get(door="admin").details == {"sessions": 2}


def test_nobody_signs_themselves_out_in_the_midst_of_it(admin: Client, operator: User) -> None:
    done = operate(admin, "user", "sign_out", operator.pk)
    assert "Your own session is the one that you are using." in text_of(done)
    assert recorded() == []


@pytest.mark.parametrize(
    ("model", "action", "seeing"),
    [
        ("message", "remove", "view_message"),
        ("room", "archive", "view_room"),
        ("user", "deactivate", "view_user"),
        ("user", "sign_out", "view_user"),
        ("token", "delete_selected", "view_token"),
    ],
)
def test_who_lacks_the_right_leaves_no_trace(
    staff: Staff, cast: Cast, model: str, action: str, seeing: str
) -> None:
    create_token(cast.bob)
    rows = {"message": say(cast.bob, cast.lobby, "hello").message_id, "room": cast.lobby.pk}
    row = rows.get(model, Token.objects.get().pk if model == "token" else cast.bob.pk)
    form = {"action": action, "_selected_action": row, "index": 0, "confirmed": "yes", "post": "yes"}
    assert staff().post(f"/admin/chat/{model}/", form).status_code == 403
    operate(staff(seeing), model, action, row, confirmed="yes", post="yes")
    assert recorded() == []
    assert not Message.objects.filter(deleted=True).exists()


def test_nobody_adds_changes_or_deletes_an_entry(admin: Client, cast: Cast) -> None:
    record(cast.alice, "room_archived", cast.lobby)
    entry = AuditEntry.objects.get()
    for page, form in (
        ("add/", {"action": "forged", "actor_name": "bob"}),
        (f"{entry.pk}/change/", {"action": "forged"}),
        (f"{entry.pk}/delete/", {"post": "yes"}),
    ):
        assert admin.post(f"{TRAIL}{page}", form).status_code == 403
    operate(admin, "auditentry", "delete_selected", entry.pk, post="yes")
    assert list(AuditEntry.objects.values_list("actor_name", "action")) == [("alice", "room_archived")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=deactivated", ["deactivated"]),
        ("door=api", ["room archived"]),
        ("target_type=user", ["deactivated"]),
        ("actor__id__exact={alice}", ["deactivated", "room archived"]),
        ("actor__id__exact={bob}", []),
        ("target_type=room&target_id={lobby}", ["room archived"]),
        ("at__year=2000", []),
        ("q=192.0.2.7", ["room archived"]),
        ("q=lobby", ["room archived"]),
        ("q=alice", ["deactivated", "room archived"]),
    ],
)
def test_the_trail_is_filtered_and_searched(admin: Client, cast: Cast, query: str, found: list[str]) -> None:
    with coming_from("api", "192.0.2.7"):
        record(cast.alice, "room_archived", cast.lobby)
    record(cast.alice, "deactivated", cast.bob)
    query = query.format(alice=cast.alice.pk, bob=cast.bob.pk, lobby=cast.lobby.pk)
    listed = admin.get(f"{TRAIL}?{query}").context["cl"].queryset
    assert sorted(entry.action.replace("_", " ") for entry in listed) == found


def test_the_trail_leads_to_whom_it_tells_of(admin: Client, cast: Cast) -> None:
    record(cast.alice, "deactivated", cast.bob, sessions=2)
    record(None, "room_archived", cast.lobby)
    text = text_of(admin.get(TRAIL))
    assert f'<a href="/admin/chat/user/{cast.alice.pk}/change/">alice</a>' in text
    assert f'<a href="/admin/chat/user/{cast.bob.pk}/change/">bob</a>' in text
    assert f'<a href="/admin/chat/room/{cast.lobby.pk}/change/">lobby</a>' in text
    assert "sessions: 2" in text
    assert "(at the machine)" in text
    trail = f"{TRAIL}?target_type=user&amp;target_id={cast.bob.pk}"
    assert trail in text_of(admin.get(f"/admin/chat/user/{cast.bob.pk}/change/"))


def test_an_entry_outlives_its_people_and_its_kind_of_target(admin: Client, cast: Cast) -> None:
    record(cast.carol, "deactivated", cast.gus)
    AuditEntry.objects.create(actor_name="carol", action="tidied", target_type="attic", target_name="junk")
    cast.carol.delete()
    text = text_of(admin.get(TRAIL))
    for name in ("carol", "gus", "tidied", "junk"):
        assert name in text
    for entry in AuditEntry.objects.all():
        assert admin.get(f"{TRAIL}{entry.pk}/change/").status_code == 200
