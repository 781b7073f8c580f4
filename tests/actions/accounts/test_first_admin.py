"""The first administrator: one of two who ask at once, and a code that every process knows."""

import re
import threading
from collections.abc import Callable

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from chat.actions.accounts import create_account
from chat.actions.accounts.first_admin import (
    check_setup_code,
    is_needed,
    make_first_administrator,
    setup_code,
)
from chat.errors import ChatError, Conflict, Forbidden
from chat.models import Installation, User

PASSWORD = "correct-horse-battery-9"


def together(*works: Callable[[], object]) -> list[object]:
    """Run them at the same time, each in its own thread; what they returned or raised."""
    outcomes: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int) -> None:
        start.wait()
        try:
            outcomes[number] = works[number]()
        except ChatError as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_becomes_the_administrator() -> None:
    outcomes = together(
        lambda: make_first_administrator("alice", PASSWORD), lambda: make_first_administrator("bob", PASSWORD)
    )
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, User)]
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert User.objects.get() == winner
    assert refusal.field is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_one_username_in_two_cases_one_gets_it() -> None:
    outcomes = together(lambda: create_account("bob", None), lambda: create_account("Bob", None))
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert refusal.field == "username"
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_it_is_needed_while_there_is_no_active_superuser() -> None:
    assert is_needed()
    create_account("bob", None)
    assert is_needed()
    alice = make_first_administrator("alice", PASSWORD)
    assert not is_needed()
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert is_needed()
    make_first_administrator("carol", PASSWORD)
    assert not is_needed()


@pytest.mark.django_db
def test_the_code_can_be_read_out_and_depends_on_key_and_epoch(settings: Settings) -> None:
    code = setup_code()
    assert re.fullmatch(r"[A-Z]{4}(-[A-Z]{4}){3}", code)
    assert setup_code() == code
    settings.SECRET_KEY = "another"
    assert setup_code() != code
    settings.SECRET_KEY = "only for tests"
    Installation.objects.update(epoch="another")
    assert setup_code() != code


@pytest.mark.django_db
def test_the_code_is_taken_however_it_is_typed() -> None:
    code = setup_code()
    for typed in (code, code.lower(), f" {code.replace('-', '')} ", code.replace("-", " - ")):
        check_setup_code(typed)
    for wrong in ("", "-", code[:-1], code[:-1] + "é", code + "A"):
        with pytest.raises(Forbidden):
            check_setup_code(wrong)
