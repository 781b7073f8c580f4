"""manage.py purge: says what there is, deletes it when told so, and leaves a record."""

import getpass

import pytest
from django.core.management import CommandError, call_command

from chat.actions import purge
from chat.management.commands import purge as command
from chat.models import AuditEntry, Message
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_steps_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "CHANGED_AT_ONCE", 2)
    monkeypatch.setattr(command, "PAUSE_SECONDS", 0)


def test_it_only_says_what_it_would_do_until_told_so(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    say(cast.bob, cast.lobby, "something bad")
    call_command("purge", "bob")
    assert capsys.readouterr().out.splitlines() == [
        "1 messages in 1 rooms, and reactions to 0 messages of others.",
        "Nothing is deleted yet. --yes deletes them for good.",
    ]
    assert not Message.objects.filter(deleted=True).exists()
    assert not AuditEntry.objects.exists()


def test_it_deletes_by_steps_and_is_recorded(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        say(cast.bob, cast.lobby, "something bad")
    call_command("purge", "bob", "--yes")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "2 messages done, 1 left.",
        "3 messages done, 0 left.",
    ]
    assert not Message.objects.filter(author=cast.bob, deleted=False).exists()
    entries = AuditEntry.objects.all()
    assert {(entry.actor, entry.door, entry.target_name) for entry in entries} == {(None, "command", "bob")}
    assert [entry.details["machine_user"] for entry in entries] == [getpass.getuser()] * 2


def test_nobody_of_this_name_is_one_clear_line(cast: Cast) -> None:
    with pytest.raises(CommandError, match="There is no user 'nobody'."):
        call_command("purge", "nobody", "--yes")
