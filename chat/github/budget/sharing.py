"""What the processes of this installation tell each other about GitHub, through the database: cool-downs and spending.

Through the database rather than Redis: it is there whenever anything is, it outlives a restart in the middle of a
cool-down, and it is asked only when a call to GitHub is due anyway, at most once in LOOK_SECONDS.
"""

import asyncio
import logging
import time

from django.conf import settings

from chat import database
from chat.errors import Unavailable
from chat.github.budget import ledger
from chat.github.budget.ledger import Rest
from chat.github.upstream import quota, spending
from chat.github.upstream.flights import Flights
from chat.github.upstream.governor import governor_of
from chat.github.upstream.identity import Identity, identity
from chat.github.upstream.spending import Whose

logger = logging.getLogger(__name__)

# A process that has not heard yet meets GitHub's refusal itself, which is one call.
LOOK_SECONDS = 5.0
# Nobody waits for these numbers, and each writing is a transaction.
SAVE_SECONDS = 15.0
# A database that hangs must not make GitHub look slow.
PATIENCE_SECONDS = 2.0
# Two times of the same cool-down, worked out from different clocks, differ by less.
SAME_SECONDS = 2.0

_NEVER = -1e9  # long before any process began
_looks: Flights[None] = Flights()
_looked_at = _NEVER
_saved_at = _NEVER
_resting: dict[str, float] = {}
_told: dict[Identity, float] = {}


async def before_call(who: Identity) -> None:
    """Have this credential's governor know what other processes know; save what was spent when that is due.

    Without a database it knows what this process has heard itself.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            if time.monotonic() - _looked_at >= LOOK_SECONDS:
                await _looks.join("rests", _look)
            if time.monotonic() - _saved_at >= SAVE_SECONDS:
                await save()
    except (Unavailable, TimeoutError):
        logger.warning("Without the database, nothing is known of what other processes heard from GitHub")
    until = _resting.get(ledger.fingerprint(who)) if _resting else None
    if until is not None and (seconds := until - time.time()) > 0:
        governor_of(who).rest(seconds)


async def tell_rest(who: Identity, whose: Whose) -> None:
    """This credential cools down: tell the other processes, once."""
    until = time.time() + governor_of(who).rests_for
    if until - _told.get(who, 0.0) < SAME_SECONDS:
        return
    over = [each for each, moment in _told.items() if moment < time.time()]
    for each in over:
        del _told[each]
    _told[who] = until
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await database.write(ledger.tell_rests, [Rest(ledger.fingerprint(who), whose, until)])
    except (Unavailable, TimeoutError):
        logger.warning("Without the database, other processes do not hear that GitHub refuses us")


async def save() -> None:
    """Write down what this process counted; what cannot be written is kept for the next time."""
    global _saved_at
    _saved_at = time.monotonic()
    counts = spending.take()
    if not counts:
        return
    who = identity(settings.GITHUB_TOKEN)
    try:
        await database.write(ledger.save, counts, who, quota.known(who))
    except BaseException:
        spending.give_back(counts)
        raise


def forget_all() -> None:
    """Have heard nothing, and told nobody, as after a restart."""
    global _looked_at, _saved_at
    _looked_at = _saved_at = _NEVER
    _resting.clear()
    _told.clear()


async def _look() -> None:
    global _looked_at
    try:
        found = await database.call(ledger.rests)
    finally:
        # Also when it fails: a database that is away is not asked for each call.
        _looked_at = time.monotonic()
    _resting.clear()
    _resting.update(found)
