"""The worker of each event loop: soon after something was taken down, it works off what is due, one after the other."""

import asyncio
import logging
from weakref import WeakKeyDictionary

from chat import database
from chat.actions.audit import coming_from
from chat.errors import ChatError
from chat.github.hooks.effects import take_effect
from chat.github.hooks.working import work_off_next

logger = logging.getLogger(__name__)


async def work_off() -> None:
    """Work off everything that is due; returns when nothing is, or another process is at it."""
    with coming_from("job"):
        while await database.write(work_off_next, take_effect):
            pass


def wake() -> None:
    """Have what was just taken down worked off, on the running loop and without waiting for it."""
    loop = asyncio.get_running_loop()
    _workers.setdefault(loop, _Worker()).wake()


class _Worker:
    """At most one task of a loop; what comes while it works is worked off by the same one."""

    def __init__(self) -> None:
        self._wanted = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="github deliveries")

    async def _run(self) -> None:
        """Without the database the periodic job goes on later."""
        while self._wanted:
            self._wanted = False
            try:
                await work_off()
            except ChatError as error:
                logger.warning("Deliveries of GitHub wait: %s", error.detail)


# By loop and gone with it.
_workers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Worker] = WeakKeyDictionary()
