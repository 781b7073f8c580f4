"""What an answer of GitHub means to people here: nothing wrong, or which error."""

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from chat.errors import BadGateway, ChatError, Forbidden, NotFound, RateLimited

# GitHub's advice for a limit that comes without a time.
UNTOLD_WAIT_SECONDS = 60.0
# The hourly limit starts anew within this; a header that says more is wrong.
LONGEST_WAIT_SECONDS = 3600.0


# Not there, gone, not there yet (an empty repository), no such commit: people are told the same.
MISSING = (404, 204, 409, 410, 422)
# GitHub, or a server before it, is overloaded or being replaced: another try may succeed.
PASSING = (502, 503, 504)
FORBIDDEN = (403, 451)


class Unreached(BadGateway):
    """No answer, or not a whole one: there was no connection, or it broke."""


class Passing(BadGateway):
    """GitHub failed in a way that may be over in a moment."""


class TokenRefused(BadGateway):
    """The credential does not hold, or not any more."""


class Limited(RateLimited):
    """GitHub's limit: the hourly or a secondary one; `told` is whether GitHub said for how long."""

    def __init__(self, seconds: float | None, *, hourly: bool) -> None:
        wait = UNTOLD_WAIT_SECONDS if seconds is None else seconds
        super().__init__("GitHub's rate limit is used up for now.", retry_after=wait)
        self.told = seconds is not None
        self.hourly = hourly


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> ChatError | None:
    """The error that GitHub's answer stands for, or None when it is a proper one."""
    if status == 200:
        return None if _is_json(headers) else BadGateway("GitHub answered with something that is not JSON.")
    if status in MISSING:
        return NotFound("GitHub does not know this.")
    if status == 429 or (status == 403 and _is_rate_limit(headers, body)):
        return Limited(_wait_seconds(headers), hourly=wait_for_the_hour(headers) is not None)
    if status in FORBIDDEN:
        return Forbidden("GitHub does not let this be seen.")
    if status == 401:
        return TokenRefused("GitHub refused the token.")
    if status in PASSING:
        wait = whole_number(headers.get("retry-after"))
        return Passing(f"GitHub answered with status {status}.", retry_after=wait)
    return BadGateway(f"GitHub answered with status {status}.")


def is_answer(error: Exception) -> bool:
    """Whether GitHub itself said so: not when it was silent or out of reach, or must not be asked just now."""
    return isinstance(error, NotFound | Forbidden | Limited | BadGateway) and not isinstance(error, Unreached)


def wait_for_the_hour(headers: Mapping[str, str]) -> float | None:
    """Seconds until there are calls again, when the answer says that this hour's are used up; else None."""
    if headers.get("x-ratelimit-remaining") != "0" or headers.get("x-ratelimit-resource", "core") != "core":
        return None
    reset = whole_number(headers.get("x-ratelimit-reset"))
    return None if reset is None else _bounded(reset - _now(headers))


def _now(headers: Mapping[str, str]) -> float:
    """By GitHub's clock where it tells the time: ours may be wrong by minutes, and so would be every wait."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time.time()


def _is_json(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _is_rate_limit(headers: Mapping[str, str], body: bytes) -> bool:
    """The secondary limits may come without any header: then only the message tells."""
    told = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return told or b"rate limit" in body.lower()


def _wait_seconds(headers: Mapping[str, str]) -> float | None:
    if (seconds := whole_number(headers.get("retry-after"))) is not None:
        return _bounded(seconds)
    return wait_for_the_hour(headers)


def _bounded(seconds: float) -> float:
    return float(min(max(math.ceil(seconds), 1), LONGEST_WAIT_SECONDS))


def whole_number(text: str | None) -> int | None:
    """The number that a header holds, None for anything else."""
    # At most twelve ASCII digits: more is no time, and int() would take its time over it.
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 12 else None
