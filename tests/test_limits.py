"""Rates and sizes: what passes, what is stopped, and for how long."""

import time
from typing import Any

import pytest

from chat import limits
from chat.errors import ChatError, Invalid, RateLimited, TooLong
from chat.limits import (
    MESSAGE_CHARS,
    PAGE_BYTES,
    RATES,
    check_characters,
    check_text,
    fitting_page,
    is_storable,
    take,
)


def drain(name: str, key: object) -> tuple[int, RateLimited]:
    """Take until stopped; how many passed, and what stopped them."""
    passed = 0
    while True:
        try:
            take(name, key)
        except RateLimited as error:
            return passed, error
        passed += 1


@pytest.mark.parametrize("name", sorted(RATES))
def test_a_burst_passes_and_then_the_bucket_is_empty(name: str) -> None:
    passed, error = drain(name, "somebody")
    # The bucket fills while it is emptied: a slow machine gets a few more.
    assert passed >= RATES[name].burst
    assert error.retryable
    assert error.retry_after is not None
    assert 0 < error.retry_after <= 1 / RATES[name].per_second + 0.001
    assert RATES[name].what in error.detail


def test_sends_are_20_at_once_and_commands_60() -> None:
    assert RATES["send"][:2] == (20, 5)
    assert RATES["command"][:2] == (60, 20)
    assert RATES["guest"][:2] == (60, 1)
    assert RATES["room_on_demand"][:2] == (30, 1 / 60)


def test_after_the_time_that_was_told_there_is_room_again() -> None:
    _, error = drain("command", "somebody")
    assert error.retry_after is not None
    time.sleep(error.retry_after)
    take("command", "somebody")


def test_one_key_never_pays_for_another() -> None:
    drain("send", 1)
    take("send", 2)
    take("send", "1")
    take("command", 1)


def test_a_bucket_never_holds_more_than_a_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RATES, "send", limits.Rate(3, 1_000, "messages"))
    take("send", "somebody")
    time.sleep(0.05)
    monkeypatch.setitem(RATES, "send", limits.Rate(3, 0.001, "messages"))
    assert drain("send", "somebody")[0] <= 3


def test_rates_may_be_lifted_and_sizes_may_not(settings: Any) -> None:
    settings.CHAT_RATE_LIMITS = False
    for _ in range(200):
        take("send", "somebody")
    with pytest.raises(TooLong):
        check_text("x" * (MESSAGE_CHARS + 1))


def test_full_buckets_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_KEPT", 100)
    monkeypatch.setitem(RATES, "guest", limits.Rate(1, 1_000_000, "guests"))
    drain("room_on_demand", "spent")
    for address in range(1_000):
        take("guest", address)
    assert len(limits._buckets) <= 102
    with pytest.raises(RateLimited):
        take("room_on_demand", "spent")


@pytest.mark.parametrize("text", ["x", "x" * MESSAGE_CHARS, " x ", "\u200b", "\n.\n", "😀", "\ufeff"])
def test_a_text_with_something_in_it_passes(text: str) -> None:
    check_text(text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", Invalid),
        (" \t\n", Invalid),
        ("x\0", Invalid),
        ("x\ud800", Invalid),
        ("x" * (MESSAGE_CHARS + 1), TooLong),
    ],
)
def test_a_text_that_does_not_do_names_its_field(text: str, error: type[ChatError]) -> None:
    with pytest.raises(error) as refused:
        check_text(text)
    assert refused.value.field == "text"


@pytest.mark.parametrize("text", ["", "x", "é", "😀", "\uffff", "\U0010ffff"])
def test_what_a_database_keeps_is_storable(text: str) -> None:
    assert is_storable(text)
    check_characters(text, "name")


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "é\udfff", "\ude00\ud83d"])
def test_what_no_database_keeps_is_not(text: str) -> None:
    assert not is_storable(text)
    with pytest.raises(Invalid) as error:
        check_characters(text, "name")
    assert error.value.field == "name"


def test_a_page_has_what_fits_and_one_at_least() -> None:
    assert fitting_page([]) == 1
    assert fitting_page([PAGE_BYTES + 1, 1]) == 1
    assert fitting_page([PAGE_BYTES, 1]) == 1
    assert fitting_page([PAGE_BYTES - 1, 1, 1]) == 2
    assert fitting_page([1] * 200) == 200
