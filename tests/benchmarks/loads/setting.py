"""What a load is given: the effort, the services, and ways to open crowds and find the generator's ceiling."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks.contest import Effort, Figure
from tests.benchmarks.generator.clients import Measured
from tests.benchmarks.generator.crowd import Crowd
from tests.benchmarks.generator.dialects import CHAT, CHAT_ROOMLESS, Dialect
from tests.benchmarks.generator.opening import Call, open_all
from tests.benchmarks.generator.requests import Answered
from tests.benchmarks.servers.installations import Site
from tests.benchmarks.servers.processes import Process, free_port

# Of one message event of the product with a text of 200 bytes.
EVENT_BYTES = 760
# What shows the generator's ceiling does the same all the time: no long look is needed.
CEILING_S = 2.0
NO_MASK = bytes(4)
# The trivial server reads the generator's frames as they are.
RELAYED = replace(CHAT, mask=NO_MASK)
RELAYED_ROOMLESS = replace(CHAT_ROOMLESS, mask=NO_MASK, ready=lambda payload: True)


@dataclass(frozen=True)
class Setting:
    """Shared by all loads of a run."""

    effort: Effort
    site: Site
    redis_socket: Path

    def on(self, database_url: str) -> "Setting":
        return replace(self, site=replace(self.site, database_url=database_url))

    def talk(self, crowd: Crowd, of: Callable[[Measured], int]) -> Callable[[], Figure]:
        """Measures once: everybody talks, and one number of it counts, by the second."""

        def measure() -> Figure:
            measured = crowd.talk(self.effort.seconds, self.effort.warm_up_s)
            return figure(measured, of(measured))

        return measure

    def ceiling(self, relayed: Crowd, of: Callable[[Measured], int]) -> float:
        """What the generator does with a server that does next to nothing."""
        measured = relayed.talk(CEILING_S, 0.5)
        return of(measured) / measured.seconds

    @contextlib.contextmanager
    def trivial(self, kind: str, connections: int, size_bytes: int) -> Iterator[int]:
        """The port of a server that does next to nothing, where the servers run."""
        port = free_port()
        words = (
            "-m",
            "tests.benchmarks.generator.trivial",
            kind,
            str(port),
            str(connections),
            str(size_bytes),
        )
        with Process(sys.executable, *words, log=self.site.folder / "trivial.log", port=port) as process:
            yield process.wait_until_listening().port


@contextlib.contextmanager
def crowd(
    dialect: Dialect,
    port: int,
    rooms: Sequence[str],
    cookies: Sequence[str],
    *,
    senders: int,
    outstanding: int,
) -> Iterator[Crowd]:
    """Connections, one for each of `rooms`, by the people in turn; the first in each room talk."""
    calls = [
        Call(dialect, port, room, cookies[number % len(cookies)] if cookies else "")
        for number, room in enumerate(rooms)
    ]
    opened = Crowd(dialect, open_all(calls), rooms, senders=senders, outstanding=outstanding)
    try:
        yield opened
    finally:
        opened.close()


def figure(measured: Measured | Answered, count: int) -> Figure:
    """So many a second."""
    per_cpu_s = count / measured.served_cpu_s if measured.served_cpu_s else 0.0
    return Figure(count / measured.seconds, measured.busy, per_cpu_s)


def deliveries(measured: Measured) -> int:
    return measured.deliveries


def acknowledged(measured: Measured) -> int:
    return measured.acknowledged
