"""How much and how fast: sizes, and token buckets that socket and HTTP share.

Buckets and caps live in this process; with N processes behind a proxy a flood may get N times as much.
`CHAT_RATE_LIMITS=off` lifts rates and caps, never sizes. Deadlines are the server's (chat/serving/http/deadlines.py).
"""

import math
import time
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from django.conf import settings
from django.core.signals import setting_changed

from chat.errors import Invalid, RateLimited, TooLong

MESSAGE_CHARS = 10_000
FRAME_BYTES = 65_536
# A reader that is this far behind is cut: the others must not pay for it, and it can resume.
PENDING_BYTES = 1 << 20
# A body of JSON may hold what a frame may.
BODY_BYTES = FRAME_BYTES
# A form of the admin: the longest message takes twelve bytes a character when a browser encodes it.
FORM_BYTES = 262_144
# The doors whose bodies are JSON; everything else takes forms.
JSON_PATHS = ("/api/", "/hooks/")
# A page of long texts ends early: many clients refuse frames of more than 1 MiB, and who asks for many pages and reads
# none must not fill the memory. One text of the longest kind makes 300,000.
PAGE_BYTES = 300_000
# Emoji that one message may carry, so that its payload stays small.
REACTIONS_PER_MESSAGE = 50
# A message names the first 50 people of a reaction.
REACTION_USERS_LISTED = 50
TYPING_INTERVAL_SECONDS = 3.0
BAD_FRAMES_PER_MINUTE = 10
# Open at once from one address, HTTP and sockets together: a large office behind one, and no attacker's dream.
ADDRESS_CONNECTIONS = 1_000
# Sockets of one person: every device with many tabs, and then some.
USER_SOCKETS = 20
# Whoever was stopped by a cap may try again after this; nobody can say when a place will be free.
CAP_RETRY_SECONDS = 10.0
# Above this many buckets the full ones are forgotten: a full bucket and none are the same.
BUCKETS_KEPT = 20_000


class Rate(NamedTuple):
    """`burst` at once, then `per_second`; `what` is shown to the one who was stopped."""

    burst: float
    per_second: float
    what: str


RATES = {
    "send": Rate(20, 5, "messages"),
    "command": Rate(60, 20, "commands"),
    "request": Rate(120, 20, "requests"),
    # What one socket may send, whatever it is, pings and fragments included: well above what its commands may be,
    # so that a client which is only too fast is told so. Whoever is faster still is read no faster than this.
    "frame": Rate(200, 100, "frames"),
    # The same for all sockets of one person together.
    "frame_of_all": Rate(600, 200, "frames"),
    "guest": Rate(60, 1, "new guests from your address"),
    "room_on_demand": Rate(30, 1 / 60, "new rooms from your address"),
    "room": Rate(30, 1 / 60, "new rooms"),
    # A membership that comes or goes is a message to the room.
    "membership": Rate(200, 1, "changes of members"),
    "room_change": Rate(30, 0.2, "changes of rooms"),
    "profile": Rate(10, 0.1, "changes of yourself"),
    "setup_code": Rate(10, 1 / 30, "attempts"),
    "github": Rate(30, 0.5, "GitHub requests"),
    # From one address; whatever is signed is never held up.
    "unsigned": Rate(20, 1 / 2, "deliveries without a right signature"),
    "secret": Rate(30, 1 / 60, "new tokens and invitations"),
    "invitation": Rate(30, 1 / 2, "invitations opened from your address"),
}

# Doors whose bodies may be longer than others'; apps add theirs (allow_bodies).
_longer_bodies: dict[str, int] = {}
_buckets: dict[tuple[str, object], tuple[float, float]] = {}


@cache
def rates_hold() -> bool:
    """Whether `CHAT_RATE_LIMITS` is on. Each frame asks several times; to look up a setting takes a while."""
    return bool(settings.CHAT_RATE_LIMITS)


def _read_again(**_: Any) -> None:
    """A test changed a setting."""
    rates_hold.cache_clear()


setting_changed.connect(_read_again)


class Bucket:
    """The tokens of one payer that nobody else names; it is gone with its owner."""

    __slots__ = ("_rate", "_since", "_tokens")

    def __init__(self, name: str) -> None:
        self._rate = RATES[name]
        self._tokens, self._since = self._rate.burst, time.monotonic()

    def spend(self) -> float:
        """Take one token, on credit where there is none; the seconds until that is paid back."""
        if not rates_hold():
            return 0.0
        now = time.monotonic()
        self._tokens = _filled(self._rate, self._tokens, now - self._since) - 1
        self._since = now
        return max(0.0, -self._tokens / self._rate.per_second)


def take(name: str, key: object) -> None:
    """Take one token from the bucket of this key; raises RateLimited with the seconds until the next."""
    if not rates_hold():
        return
    rate, now = RATES[name], time.monotonic()
    tokens = _tokens(name, key, now)
    if tokens < 1:
        wait = (1 - tokens) / rate.per_second
        raise RateLimited(f"Too many {rate.what}; wait a moment.", retry_after=math.ceil(wait * 1000) / 1000)
    _keep(name, key, tokens - 1, now)


def spend(name: str, key: object) -> float:
    """Take one token, on credit where there is none; the seconds until that is paid back."""
    if not rates_hold():
        return 0.0
    now = time.monotonic()
    tokens = _tokens(name, key, now) - 1
    _keep(name, key, tokens, now)
    return max(0.0, -tokens / RATES[name].per_second)


def _tokens(name: str, key: object, now: float) -> float:
    kept = _buckets.get((name, key))
    return RATES[name].burst if kept is None else _filled(RATES[name], kept[0], now - kept[1])


def _filled(rate: Rate, tokens: float, seconds: float) -> float:
    return min(rate.burst, tokens + seconds * rate.per_second)


def _keep(name: str, key: object, tokens: float, now: float) -> None:
    if len(_buckets) > BUCKETS_KEPT:
        _forget_full(now)
    _buckets[name, key] = (tokens, now)


def check_cap(open_now: int, most: int, what: str) -> None:
    """Raise RateLimited when one more would be too many; `what` is shown."""
    if rates_hold() and open_now >= most:
        raise RateLimited(f"At most {most} {what} at once; close one.", retry_after=CAP_RETRY_SECONDS)


def body_bytes(path: str) -> int:
    """How many bytes the body of a request to this path may have."""
    return _longer_bodies.get(path) or (BODY_BYTES if path.startswith(JSON_PATHS) else FORM_BYTES)


def allow_bodies(path: str, most: int) -> None:
    """Let bodies to exactly this path have so many bytes; apps do so in AppConfig.ready()."""
    _longer_bodies[path] = most


def check_body(size: int, path: str) -> None:
    """Raise TooLong for a body of more bytes than the path takes."""
    if size > (most := body_bytes(path)):
        raise TooLong(f"A body has at most {most} bytes.")


def forget_all() -> None:
    """Empty every bucket's history, as after a restart."""
    _buckets.clear()


def _forget_full(now: float) -> None:
    for (name, key), (tokens, since) in list(_buckets.items()):
        if _filled(RATES[name], tokens, now - since) >= RATES[name].burst:
            del _buckets[name, key]


def fitting_page(sizes: Iterable[int]) -> int:
    """How many of these sizes in bytes, from the first on, make one page: as many as fit, and one at least."""
    return max(1, sum(total <= PAGE_BYTES for total in accumulate(sizes)))


def check_text(text: str) -> None:
    """Raise Invalid for a text of blanks only, TooLong over the limit, Invalid for what no database keeps."""
    if len(text) > MESSAGE_CHARS:
        raise TooLong(f"A message has at most {MESSAGE_CHARS} characters.", field="text")
    if not text.strip():
        raise Invalid("A message needs some text.", field="text")
    check_characters(text, "text")


def check_characters(text: str, field: str) -> None:
    """Raise Invalid for NUL and lone surrogates, which PostgreSQL and UTF-8 refuse."""
    if not is_storable(text):
        found = "NUL character" if "\0" in text else "lone surrogate"
        raise Invalid(f"The text holds a {found}.", field=field)


def is_storable(text: str) -> bool:
    """Whether a database can be asked about this text at all: without NUL and lone surrogates."""
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False
