"""Ending asyncio tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

# A task that survives this long after a cancellation has swallowed it, as redis-py does within a command.
SWALLOWED_SECONDS = 0.5


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks, again and again if need be, and return when all are done. Their errors are dropped."""
    pending = {task for task in tasks if task is not asyncio.current_task()}
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=SWALLOWED_SECONDS)
        for task in done:
            if not task.cancelled():
                task.exception()
