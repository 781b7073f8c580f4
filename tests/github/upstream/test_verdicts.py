"""Which error an answer of GitHub stands for."""

import time

import pytest

from chat.errors import BadGateway, ChatError, NotFound, RateLimited
from chat.github.upstream.verdicts import refusal

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
        (403, JSON | {"x-ratelimit-remaining": "10"}, b'{"message": "Forbidden"}', BadGateway),
        (401, JSON, b"{}", BadGateway),
        (304, JSON, b"", BadGateway),
        (503, JSON, b"{}", BadGateway),
    ],
)
def test_what_an_answer_stands_for(
    status: int, headers: dict[str, str], body: bytes, error: type[ChatError]
) -> None:
    assert type(refusal(status, headers, body)) is error


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
