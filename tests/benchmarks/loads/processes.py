"""Two processes beside one: the same room on one data folder and one Redis."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.contest import Row, in_turn, row
from tests.benchmarks.generator.crowd import Crowd
from tests.benchmarks.generator.dialects import CHAT
from tests.benchmarks.generator.opening import Call, open_all
from tests.benchmarks.loads.setting import Setting, deliveries
from tests.benchmarks.servers.installations import Installation
from tests.benchmarks.servers.order import Order, Room
from tests.services.redis import Redis

READERS = 100
AGAINST = "one process"


def two_to_one(setting: Setting) -> Iterator[Row]:
    """One room of 100, every other connection on the other process. They share the servers' one core."""
    order = Order(READERS, [Room("bench", list(range(READERS)))])
    with (
        setting.site.product(order, processes=2) as two,
        _another_redis() as url,
        setting.site.product(order, REDIS_URL=url) as one,
        closing(_crowd(two)) as on_two,
        closing(_crowd(one)) as on_one,
    ):
        sides = {"product": setting.talk(on_two, deliveries), AGAINST: setting.talk(on_one, deliveries)}
        found = in_turn("two processes", "deliveries/s", setting.effort.rounds, sides)
    made = row("one room x 100, two processes", "deliveries/s", found, AGAINST, (None, None))
    made.note = "both on one core: what the way over Redis costs" if machine.SERVER_CORE is not None else ""
    yield made


@contextmanager
def _another_redis() -> Iterator[str]:
    """Two installations on one Redis would hear each other."""
    with tempfile.TemporaryDirectory(prefix="r-") as folder:
        redis = Redis(Path(folder) / "redis.sock")
        with machine.on_server_core():
            redis.start()
        try:
            yield redis.url
        finally:
            redis.stop()


def _crowd(served: Installation) -> Crowd:
    ports = [process.port for process in served.processes]
    calls = [
        Call(CHAT, ports[number % len(ports)], "bench", served.cookies[number]) for number in range(READERS)
    ]
    return Crowd(CHAT, open_all(calls), ["bench"] * READERS, senders=4, outstanding=4)
