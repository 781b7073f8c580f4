"""`python -m tests.faults.doctored serve …`: manage.py in a process into which the fault named by FAULT is built.

The product has no places made for faults: what breaks is put around it from here, before it starts.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any

import django
from django.core.management import execute_from_command_line

STUCK_MOST_S = 60.0
POLL_S = 0.05

Function = Callable[..., Any]


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    django.setup()
    fault, _, parameters = os.environ.get("FAULT", "").partition(" ")
    if fault:
        FAULTS[fault](*parameters.split())
    execute_from_command_line(["manage.py", *arguments])


def die_before_publishing(count: str) -> None:
    """SIGKILL after so many messages' transactions: they are committed, and nobody was told yet."""
    from chat import hub

    publish_all, left = hub.publish_all, int(count)

    def dying(items: Sequence[hub.Item]) -> None:
        nonlocal left
        left -= sum(isinstance(item, hub.Hint) for item in items)
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        publish_all(items)

    hub.publish_all = dying


def after_batches(count: str, then: Callable[[], None]) -> None:
    """Do something in the writer's thread, right after the commit of every so-manieth batch."""
    from chat import database

    commit, batches = database._commit, 0

    @wraps(commit)
    def counting(*given: Any) -> Any:
        nonlocal batches
        results = commit(*given)
        batches += 1
        if batches % int(count) == 0:
            then()
        return results

    setattr(database, commit.__name__, counting)


def end_the_writers_thread() -> None:
    """The batch is committed, and nobody is told; nothing on the way out catches this."""
    sys.exit()


def stick(way: str, name: str, mark: str) -> None:
    """A function given to the `call` or `write` of the database hangs while the file `mark` is there."""
    from chat import database

    hand_over: Function = getattr(database, way)

    async def sticking(function: Function, *args: Any, **kwargs: Any) -> Any:
        sticks = function.__name__ == name
        return await hand_over(_stuck(function, Path(mark)) if sticks else function, *args, **kwargs)

    setattr(database, way, sticking)


def _stuck(function: Function, mark: Path) -> Function:
    @wraps(function)
    def waiting(*args: Any, **kwargs: Any) -> Any:
        deadline = time.monotonic() + STUCK_MOST_S
        while mark.exists() and time.monotonic() < deadline:
            time.sleep(POLL_S)
        return function(*args, **kwargs)

    return waiting


FAULTS: dict[str, Callable[..., None]] = {
    "die-before-publishing": die_before_publishing,
    "lose-the-writers-thread": partial(after_batches, then=end_the_writers_thread),
    "stick": stick,
}

if __name__ == "__main__":
    main(sys.argv[1:])
