"""Which failures are worth another try, and when: few, at uneven times, and never beyond what the asker waits."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from chat.github.upstream.verdicts import Passing

Value = TypeVar("Value")

# A connection that had been closed, or one bad server of many, is over with the second; more would be a flood.
ATTEMPTS = 3
# Doubled each time, and shortened by up to half so that many who failed together do not come back together.
FIRST_PAUSE_SECONDS = 0.25
# No answer at all. Silence is none of these: who waited for it once has no time to do so again.
BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)


async def persist(call: Callable[[], Awaitable[Value]], seconds: float) -> Value:
    """The result of `call`, made again when it failed in passing; raises its last failure within `seconds`."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + seconds
    for attempt in range(1, ATTEMPTS):
        try:
            return await call()
        except (Passing, *BROKEN) as failure:
            pause = _pause(attempt, failure)
            if loop.time() + pause >= ends_at:
                raise
        await asyncio.sleep(pause)
    return await call()


def _pause(attempt: int, failure: Exception) -> float:
    told = failure.retry_after if isinstance(failure, Passing) else None
    own: float = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1)
    return max(own, told or 0.0)
