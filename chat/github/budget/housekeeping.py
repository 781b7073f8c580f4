"""The job that deletes old spending."""

from chat import database
from chat.github.budget import ledger
from chat.jobs.registry import every

DAY_S = 86_400.0


@every(DAY_S, "forget old GitHub spending")
async def _forget_old_spending() -> None:
    await database.write(ledger.forget_old)
