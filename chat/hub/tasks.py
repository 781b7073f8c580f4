"""Asyncio tasks that go on in spite of errors, and that end for certain."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from chat.errors import ChatError

logger = logging.getLogger(__name__)

# A task that survives this long after a cancellation has swallowed it, as redis-py does within a command.
SWALLOWED_SECONDS = 0.5


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Run the work again and again; an error is logged and the next round comes all the same."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except ChatError as error:
            logger.warning("%s waits: %s", _name(work), error.detail)
        except Exception:
            logger.exception("%s failed", _name(work))


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


def _name(work: Callable[[], Awaitable[None]]) -> str:
    return getattr(work, "__qualname__", repr(work))
