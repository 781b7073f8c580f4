"""How many calls GitHub still grants, as far as its answers have told: the last word for each credential."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from chat.github.upstream.identity import Identity
from chat.github.upstream.verdicts import whole_number
from chat.payloads import timestamp

# A time beyond this (the year 9999) is none.
LATEST_RESET = 253_402_300_799
# The one that is longest unheard of goes first.
MOST_CREDENTIALS = 10_000


class Quota(msgspec.Struct, frozen=True):
    """Calls an hour, how many are left, and when they start anew; null is what no answer has told yet."""

    limit: int | None = None
    remaining: int | None = None
    reset: str | None = None


class _Told(msgspec.Struct, frozen=True):
    limit: int
    remaining: int
    reset: int


_told: dict[Identity, _Told] = {}
_lock = threading.Lock()


def note(identity: Identity, headers: Mapping[str, str]) -> None:
    """Remember what an answer says about the hourly limit; one without a word about it changes nothing."""
    if headers.get("x-ratelimit-resource", "core") != "core":
        return
    limit, remaining, reset = (
        whole_number(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining", "reset")
    )
    if limit is None or remaining is None or reset is None or reset > LATEST_RESET:
        return
    with _lock:
        before = _told.pop(identity, None)  # so that it stands last: the first is always the oldest
        newer = before is None or (before.reset, -before.remaining) < (reset, -remaining)
        _told[identity] = _Told(limit, remaining, reset) if newer or before is None else before
        if len(_told) > MOST_CREDENTIALS:
            del _told[next(iter(_told))]


def known(identity: Identity) -> Quota:
    """What is known now: after the hour nobody can tell how many are left until GitHub answers again."""
    told = _told.get(identity)
    if told is None:
        return Quota()
    if told.reset <= time.time():
        return Quota(limit=told.limit)
    return Quota(told.limit, told.remaining, timestamp(datetime.fromtimestamp(told.reset, UTC)))


def forget_all() -> None:
    """Know nothing, as after a restart."""
    _told.clear()
