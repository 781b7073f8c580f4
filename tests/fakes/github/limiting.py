"""GitHub's limits, for each token: calls an hour, told in the headers of every answer, and the secondary limits."""

import math
import time
from dataclasses import dataclass, field

from tests.fakes.github.messages import Answer, Request, complaint, with_headers

CALLS_AN_HOUR = 5_000
HOUR_SECONDS = 3600


@dataclass
class Allowance:
    """What one token may still do; `reset` is the time when it starts anew, in seconds since 1970."""

    reset: int
    limit: int = CALLS_AN_HOUR
    used: int = 0


@dataclass
class Limits:
    """Set by `exhaust` and `refuse`; an answer that is not 304 uses up one call."""

    reset: int = field(default_factory=lambda: int(time.time()) + HOUR_SECONDS)
    _allowances: dict[str, Allowance] = field(default_factory=dict)
    _refusals: list[tuple[int, float | None]] = field(default_factory=list)

    def exhaust(
        self, reset_seconds: float, token: str = "", limit: int = CALLS_AN_HOUR, left: int = 0
    ) -> None:
        """Leave this token `left` calls until the reset."""
        self._allowances[token] = Allowance(math.ceil(time.time() + reset_seconds), limit, limit - left)

    def refuse(self, times: int, status: int = 429, retry_after: float | None = None) -> None:
        """Answer the next calls, whoever makes them, with a secondary limit; it tells a time only if it has one."""
        self._refusals += [(status, retry_after)] * times

    def refusal(self, request: Request) -> Answer | None:
        """The answer to somebody who has no call left, or who meets a secondary limit."""
        if self._refusals:
            status, retry_after = self._refusals.pop(0)
            headers = {} if retry_after is None else {"retry_after": f"{retry_after:.0f}"}
            return complaint("You have exceeded a secondary rate limit.", status, **headers)
        allowance = self._of(request.token)
        if allowance.used < allowance.limit:
            return None
        return complaint("API rate limit exceeded.", 403)

    def told(self, request: Request, answer: Answer) -> Answer:
        """The answer with the headers by which GitHub tells how many calls are left, unless it has its own."""
        allowance = self._of(request.token)
        if answer.status != 304 and allowance.used < allowance.limit:
            allowance.used += 1
        told = {
            "limit": allowance.limit,
            "remaining": allowance.limit - allowance.used,
            "used": allowance.used,
            "reset": allowance.reset,
            "resource": "core",
        }
        return with_headers(answer, {f"x-ratelimit-{name}": str(value) for name, value in told.items()})

    def _of(self, token: str) -> Allowance:
        allowance = self._allowances.setdefault(token, Allowance(self.reset))
        if allowance.reset <= time.time():
            allowance.reset, allowance.used = int(time.time()) + HOUR_SECONDS, 0
        return allowance
