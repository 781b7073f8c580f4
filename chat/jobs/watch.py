"""How long something has not changed, by the one clock that nobody can set: this process's own monotonic one."""

import time
from collections.abc import Callable

from chat.jobs.registry import Job, due_at
from chat.models import JobState


class Watch:
    """What this process has seen of the jobs, and since when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[object, float]] = {}

    def is_free(self, state: JobState, lease_s: float) -> bool:
        """Whether nobody runs the job, or somebody who has not been heard of for a whole lease."""
        silent_for = self._unchanged_for(state.name, "lease", (state.holder, state.lease_until))
        return not state.holder or silent_for >= lease_s

    def is_due(self, job: Job, state: JobState) -> bool:
        """Whether the interval is over by the database's clock; or by ours, should that one have been set back.

        A run that ended in the future did so before the clock was set back: nobody waits for the clock to catch up.
        """
        ended_for = self._unchanged_for(state.name, "ended", state.ended_at)
        due, now = due_at(job, state), state.now  # type: ignore[attr-defined]
        if due is None or state.ended_at is None or state.ended_at > now:
            return True
        return bool(due <= now) or ended_for >= job.interval_s

    def _unchanged_for(self, name: str, what: str, value: object) -> float:
        known = self._seen.get((name, what))
        if known is None or known[0] != value:
            known = self._seen[name, what] = (value, self._clock())
        return self._clock() - known[1]
