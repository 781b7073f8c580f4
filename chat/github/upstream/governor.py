"""What a credential may do now: nothing during a cool-down, else so many calls at once.

Known to all loops and threads of the process. GitHub's secondary limits cannot be read anywhere, so the number of
calls at once is felt for: halved when GitHub complains, and one more for every so many good answers.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

from django.conf import settings

from chat.errors import RateLimited
from chat.github.upstream.identity import Identity
from chat.github.upstream.verdicts import LONGEST_WAIT_SECONDS, Limited, wait_for_the_hour

# From five at once back to ten takes 100 good answers: some minutes of a busy chat.
ANSWERS_FOR_ONE_MORE = 20
# Tokens of people who have long gone must not be remembered for ever.
MOST_CREDENTIALS = 10_000

_lock = threading.Lock()


class Governor:
    """One credential's limits."""

    def __init__(self) -> None:
        self._most = float(settings.GITHUB_MOST_CALLS_AT_ONCE)
        self._width = self._most
        self._narrowed_at = 0.0
        self._rests_until = 0.0
        # How often in a row GitHub complained without saying for how long.
        self._untold = 0

    @property
    def width(self) -> int:
        """How many calls at once."""
        return int(self._width)

    @property
    def rests_for(self) -> float:
        """Seconds until the cool-down is over; 0 when there is none."""
        return max(0.0, self._rests_until - time.monotonic())

    def check(self) -> None:
        """Raise RateLimited during a cool-down: GitHub is not asked then."""
        if seconds := self.rests_for:
            raise RateLimited(
                "GitHub's rate limit is used up for now.", retry_after=float(math.ceil(seconds))
            )

    def rest(self, seconds: float) -> None:
        """Make no call for so long; a longer cool-down stays."""
        with _lock:
            self._rests_until = max(self._rests_until, time.monotonic() + min(seconds, LONGEST_WAIT_SECONDS))

    def heed(self, headers: Mapping[str, str]) -> None:
        """A good answer: one more place now and then, and a cool-down if it was the last one of the hour."""
        with _lock:
            self._untold = 0
            self._width = min(self._most, self._width + 1 / ANSWERS_FOR_ONE_MORE)
        if (seconds := wait_for_the_hour(headers)) is not None:
            self.rest(seconds)

    def limited(self, limit: Limited, called_at: float) -> None:
        """GitHub refused a call that was made at `called_at` (monotonic)."""
        assert limit.retry_after is not None
        seconds = limit.retry_after
        with _lock:
            if not limit.told:
                # GitHub's own advice: twice as long each time.
                seconds *= 2**self._untold
                self._untold = min(self._untold + 1, 10)
            # Calls that were under way together are refused together: that is one complaint, not ten.
            if not limit.hourly and called_at >= self._narrowed_at:
                self._width = max(1.0, self._width / 2)
                self._narrowed_at = time.monotonic()
        self.rest(seconds)


_governors: OrderedDict[Identity, Governor] = OrderedDict()


def governor_of(who: Identity) -> Governor:
    """The governor of that credential; a new one knows no limit yet."""
    with _lock:
        governor = _governors.get(who)
        if governor is None:
            governor = _governors[who] = Governor()
        _governors.move_to_end(who)
        if len(_governors) > MOST_CREDENTIALS:
            _governors.popitem(last=False)
        return governor


def resting() -> dict[Identity, float]:
    """The credentials that cool down, and for how many seconds yet."""
    with _lock:
        return {who: seconds for who, governor in _governors.items() if (seconds := governor.rests_for)}


def forget_all() -> None:
    """Know no limit, as after a restart."""
    with _lock:
        _governors.clear()
