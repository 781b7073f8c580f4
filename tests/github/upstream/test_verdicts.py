"""Which error an answer of GitHub stands for."""

import time

import pytest

from chat.errors import BadGateway, ChatError, Forbidden, NotFound, RateLimited
from chat.github.upstream.verdicts import Passing, TokenRefused, refusal

JSON = {"content-type": "application/json; charset=utf-8"}


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.github+json; charset=utf-8"])
def test_a_proper_answer_stands_for_no_error(kind: str) -> None:
    assert refusal(200, {"content-type": kind}, b"{}") is None


@pytest.mark.parametrize(
    ("status", "headers", "body", "error"),
    [
        (200, {"content-type": "text/html"}, b"<p>", BadGateway),
        (200, {}, b"{}", BadGateway),
        (404, JSON, b"{}", NotFound),
        (429, JSON, b"{}", RateLimited),
        (403, JSON | {"x-ratelimit-remaining": "0"}, b"{}", RateLimited),
        (403, JSON | {"retry-after": "3"}, b"{}", RateLimited),
        (403, JSON, b'{"message": "You have exceeded a secondary rate limit."}', RateLimited),
        (403, JSON | {"x-ratelimit-remaining": "10"}, b'{"message": "Forbidden"}', Forbidden),
        (451, JSON, b"{}", Forbidden),
        (204, {}, b"", NotFound),
        (410, JSON, b"{}", NotFound),
        (401, JSON, b"{}", TokenRefused),
        (304, JSON, b"", BadGateway),
        (500, JSON, b"{}", BadGateway),
        (503, JSON, b"{}", Passing),
    ],
)
def test_what_an_answer_stands_for(
    status: int, headers: dict[str, str], body: bytes, error: type[ChatError]
) -> None:
    assert isinstance(refusal(status, headers, body), error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "99999999999"}, 3600),
        ({"retry-after": "9" * 5000}, 60),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
        ({"retry-after": "-5"}, 60),
        ({"retry-after": "٣"}, 60),
        ({}, 60),
        ({"x-ratelimit-remaining": "0"}, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "12"}, 1),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "99999999999"}, 60),
    ],
)
def test_the_wait_is_what_github_says_within_reason(headers: dict[str, str], seconds: float) -> None:
    error = refusal(429, headers, b"")
    assert error is not None
    assert error.retry_after == seconds


def test_the_wait_lasts_until_the_reset() -> None:
    reset = str(int(time.time()) + 600)
    error = refusal(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}, b"")
    assert error is not None
    assert error.retry_after == pytest.approx(600, abs=30)


def test_the_wait_is_counted_by_githubs_own_clock() -> None:
    told = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444860"}  # a minute after its own time
    error = refusal(403, {**told, "date": "Fri, 01 Jan 2100 00:00:00 GMT"}, b"")
    assert error is not None
    assert error.retry_after == 60
