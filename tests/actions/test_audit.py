"""What is in the audit trail of a deed, and that nothing takes it away again."""

import getpass
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from chat import database
from chat.actions.accounts import (
    create_account,
    create_token,
    deactivate_user,
    reactivate_user,
    revoke_token,
)
from chat.actions.accounts.first_admin import make_first_administrator
from chat.actions.audit import coming_from, record
from chat.actions.edits import delete_message
from chat.models import AuditEntry, Token, User
from tests.cast import Cast, message_of, person, say

ADDRESS = "2001:db8::7"


def deeds() -> list[tuple[str, str, str]]:
    """Who did what to whom, in the order in which it was done."""
    return list(AuditEntry.objects.order_by("id").values_list("actor_name", "action", "target_name"))


@pytest.mark.django_db
def test_a_deed_is_recorded_with_who_what_when_and_from_where(cast: Cast) -> None:
    with coming_from("api", ADDRESS):
        record(cast.alice, "room_archived", cast.lobby, on=True)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.action) == (cast.alice, "alice", "room_archived")
    assert (entry.target_type, entry.target_id, entry.target_name) == ("room", str(cast.lobby.pk), "lobby")
    assert (entry.door, entry.address, entry.details) == ("api", ADDRESS, {"on": True})
    assert entry.at is not None


@pytest.mark.django_db
def test_what_is_done_at_the_machine_names_its_user(cast: Cast) -> None:
    record(None, "room_archived", cast.lobby)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.door, entry.address) == (None, "command", "")
    assert entry.details == {"machine_user": getpass.getuser()}


@pytest.mark.django_db
def test_an_address_of_any_length_is_taken(cast: Cast) -> None:
    with coming_from("web", "x" * 300):
        record(cast.alice, "room_archived", cast.lobby)
    assert AuditEntry.objects.get().address == "x" * 45


@pytest.mark.django_db
def test_a_message_is_named_by_its_number(cast: Cast) -> None:
    message = message_of(say(cast.bob, cast.lobby, "something that had to go"))
    record(cast.alice, "message_removed", message)
    assert AuditEntry.objects.get().target_name == f"message {message.pk}"


@pytest.mark.django_db
def test_names_stay_when_the_people_are_gone(cast: Cast) -> None:
    record(cast.carol, "token_made", cast.gus)
    cast.carol.delete()
    cast.gus.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.target_name) == (None, "carol", "gus")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.update(action="nothing"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["action"]),
    ],
    ids=["save", "delete", "update many", "delete many", "bulk update"],
)
def test_entries_are_neither_changed_nor_deleted(cast: Cast, change: Callable[[AuditEntry], object]) -> None:
    record(cast.alice, "room_archived", cast.lobby)
    with pytest.raises(TypeError):
        change(AuditEntry.objects.get())
    assert AuditEntry.objects.get().action == "room_archived"


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_is_rolled_back_leaves_no_entry_and_none_is_written_beside_one() -> None:
    bob = person("bob")
    with transaction.atomic():
        record(None, "deactivated", bob)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    with pytest.raises(TransactionManagementError):
        record(None, "deactivated", bob)


@pytest.mark.django_db(transaction=True)
async def test_the_writer_knows_the_door_of_whoever_asked() -> None:
    bob, olga = await database.write(person, "bob"), await database.write(person, "olga")
    with coming_from("job"):
        await database.write(deactivate_user, bob, by=olga)
    await database.write(reactivate_user, bob, by=olga)
    doors = await database.call(
        lambda: list(AuditEntry.objects.order_by("id").values_list("door", flat=True))
    )
    assert doors == ["job", "command"]


@pytest.mark.django_db
def test_what_is_done_to_accounts_and_tokens_is_recorded(cast: Cast) -> None:
    olga = make_first_administrator("olga", "a very long secret")
    dora = create_account("dora", None, by=olga)
    create_token(dora, "for a program")
    token = Token.objects.get()
    revoke_token(token, by=olga)
    deactivate_user(dora, by=olga)
    reactivate_user(dora, by=olga)
    assert deeds() == [
        ("", "account_made", "olga"),
        ("olga", "account_made", "dora"),
        ("", "token_made", "dora"),
        ("olga", "token_revoked", "dora"),
        ("olga", "deactivated", "dora"),
        ("olga", "reactivated", "dora"),
    ]
    assert AuditEntry.objects.filter(target_name="olga").get().details["superuser"] is True
    revoked = AuditEntry.objects.get(action="token_revoked")
    assert revoked.details == {"token": revoked.details["token"], "label": "for a program"}
    everything = str(list(AuditEntry.objects.values()))
    assert token.digest not in everything
    assert "secret" not in everything


@pytest.mark.django_db
def test_what_is_so_already_is_no_deed(cast: Cast) -> None:
    reactivate_user(cast.bob, by=cast.alice)
    deactivate_user(cast.bob, by=cast.alice)
    deactivate_user(cast.bob, by=cast.alice)
    assert deeds() == [("alice", "deactivated", "bob")]
    assert not User.objects.get(pk=cast.bob.pk).is_active


@pytest.mark.django_db
def test_a_message_that_somebody_else_removed_is_recorded_and_ones_own_is_not(cast: Cast) -> None:
    own, others = (say(cast.bob, cast.lobby, "something bad") for _ in range(2))
    delete_message(cast.bob, own.message_id)
    delete_message(cast.alice, others.message_id)
    delete_message(cast.alice, others.message_id)
    assert deeds() == [("alice", "message_removed", f"message {others.message_id}")]
    assert AuditEntry.objects.get().details == {"room": "lobby", "author": "bob"}
