"""What GitHub still grants, as its answers tell it: the last word counts, and none is invented."""

import time

import pytest

from chat.github.upstream import quota
from chat.github.upstream.identity import Identity
from chat.github.upstream.quota import Quota

US: Identity = ("https://api.github.com", "one token")
OTHERS: Identity = ("https://api.github.com", "another token")
SOON = int(time.time()) + 1800


def headers(remaining: object, reset: object = SOON, **others: str) -> dict[str, str]:
    own = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": str(remaining)}
    return {**own, "x-ratelimit-reset": str(reset), **others}


def test_nothing_is_known_before_an_answer() -> None:
    assert quota.known(US) == Quota(None, None, None)


def test_an_answer_tells_what_is_left_to_its_credential_only() -> None:
    quota.note(US, headers(59))
    known = quota.known(US)
    assert (known.limit, known.remaining) == (60, 59)
    assert known.reset is not None
    assert quota.known(OTHERS) == Quota()


def test_answers_that_overtake_each_other_leave_the_lowest_number() -> None:
    for remaining in (50, 48, 49):
        quota.note(US, headers(remaining))
    assert quota.known(US).remaining == 48


def test_the_next_hour_begins_anew_and_the_last_one_does_not_come_back() -> None:
    quota.note(US, headers(3))
    quota.note(US, headers(59, SOON + 3600))
    quota.note(US, headers(2))
    assert quota.known(US).remaining == 59


def test_when_the_hour_is_over_nobody_knows_how_many_are_left() -> None:
    quota.note(US, headers(0, int(time.time()) - 1))
    assert quota.known(US) == Quota(limit=60)


@pytest.mark.parametrize(
    "told",
    [
        {},
        headers("many"),
        headers(-1),
        headers(5, "tomorrow"),
        headers(5, 10**11 * 9),
        {"x-ratelimit-remaining": "0"},
        headers(5, **{"x-ratelimit-resource": "search"}),
    ],
)
def test_headers_that_say_nothing_about_the_hour_change_nothing(told: dict[str, str]) -> None:
    quota.note(US, headers(7))
    before = quota.known(US)
    quota.note(US, told)
    assert quota.known(US) == before


def test_the_time_is_told_as_everywhere_in_the_api() -> None:
    quota.note(US, headers(7, 4_102_444_800))
    assert quota.known(US).reset == "2100-01-01T00:00:00.000Z"
