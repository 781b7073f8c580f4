"""The periodic jobs of the ledger: what was put off or left behind is worked off, and what is old is forgotten."""

from chat import database
from chat.github.hooks.ledger import forget
from chat.github.hooks.worker import work_off
from chat.jobs.registry import every

# What just came does not wait for this; the first wait after a failure is as long.
WORK_OFF_S = 20.0
HOUR_S = 3_600.0


@every(WORK_OFF_S, "work off GitHub deliveries")
async def _work_off() -> None:
    await work_off()


@every(HOUR_S, "forget GitHub deliveries")
async def _forget() -> None:
    while await database.write(forget):
        pass
