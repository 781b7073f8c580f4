"""What an answer of GitHub means to people here: nothing wrong, or which error."""

import time
from collections.abc import Mapping

from chat.errors import BadGateway, ChatError, NotFound, RateLimited

# GitHub's advice for a limit that comes without a time.
UNTOLD_WAIT_SECONDS = 60.0
# The hourly limit starts anew within this; a header that says more is wrong.
LONGEST_WAIT_SECONDS = 3600.0


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> ChatError | None:
    """The error that GitHub's answer stands for, or None when it is a proper one."""
    if status == 200:
        return None if _is_json(headers) else BadGateway("GitHub answered with something that is not JSON.")
    if status == 404:
        return NotFound("GitHub does not know this.")
    if status == 429 or (status == 403 and _is_rate_limit(headers, body)):
        return RateLimited("GitHub's rate limit is used up for now.", retry_after=_wait_seconds(headers))
    if status == 401:
        return BadGateway("GitHub refused this installation's token.")
    return BadGateway(f"GitHub answered with status {status}.")


def _is_json(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _is_rate_limit(headers: Mapping[str, str], body: bytes) -> bool:
    """The secondary limits may come without any header: then only the message tells."""
    told = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return told or b"rate limit" in body.lower()


def _wait_seconds(headers: Mapping[str, str]) -> float:
    if (seconds := whole_number(headers.get("retry-after"))) is not None:
        return _bounded(seconds)
    reset = whole_number(headers.get("x-ratelimit-reset"))
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return _bounded(reset - time.time())
    return UNTOLD_WAIT_SECONDS


def _bounded(seconds: float) -> float:
    return float(min(max(round(seconds), 1), LONGEST_WAIT_SECONDS))


def whole_number(text: str | None) -> int | None:
    """The number that a header holds, None for anything else."""
    # At most twelve ASCII digits: more is no time, and int() would take its time over it.
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 12 else None
