"""Functions for the bridge to carry out: one that waits inside, one that loses the database; and who keeps answers."""

import asyncio
import threading
from collections.abc import Callable

from django.db import connection

from chat.errors import ChatError, Invalid

# What the tests wait for happens within milliseconds; this only ends a test that hangs.
PATIENCE_S = 20


def lose_the_database() -> None:
    """A query that fails as when the database goes away in the middle of it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT * FROM a_table_that_is_not_there")


class Gate:
    """A function for a batch that waits inside until it is let through, and remembers what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, items: list[str]) -> list[str | ChatError]:
        self.batches.append(items)
        self.entered.set()
        assert self.open.wait(PATIENCE_S)
        return [Invalid(item) if item.startswith("bad") else item.upper() for item in items]

    async def until_entered(self) -> None:
        await asyncio.to_thread(self.entered.wait, PATIENCE_S)


class Answers:
    """Keeps every answer that submitted items get, in the order in which they come."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str | ChatError]] = []

    def __call__(self, item: str) -> Callable[[str | ChatError], None]:
        def answer(outcome: str | ChatError) -> None:
            asyncio.get_running_loop()
            self.given.append((item, outcome))

        return answer

    @property
    def kinds(self) -> list[tuple[str, object]]:
        """The same with an error's class in its place."""
        return [(item, type(it) if isinstance(it, ChatError) else it) for item, it in self.given]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.given) < count:
                await asyncio.sleep(0.01)
