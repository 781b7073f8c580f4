"""Loads of many senders: texts committed and acknowledged a second, with nobody who listens."""

from collections.abc import Iterator

from tests.benchmarks import machine
from tests.benchmarks.contest import Row, in_turn, row
from tests.benchmarks.generator.dialects import CHAT_ROOMLESS, STORING
from tests.benchmarks.loads.setting import EVENT_BYTES, RELAYED_ROOMLESS, Setting, acknowledged, crowd
from tests.benchmarks.servers.installations import Installation
from tests.benchmarks.servers.order import Order, Room
from tests.services.postgres import Postgres

UNIT = "posts/s"
AGAINST = "consumer awaiting acreate"
# Senders are spread over so many rooms; one alone talks in one.
ROOMS = 50
# By database and number of senders: bar and goal.
WANTED = {
    ("SQLite", 1): (0.9, 1.0),
    ("SQLite", 50): (4, 8),
    ("SQLite", 500): (8, 12),
    ("PostgreSQL", 1): (0.55, 1.0),
    ("PostgreSQL", 50): (3, 6),
    ("PostgreSQL", 500): (6, 10),
}
ORDER = Order(500, [Room(f"bench-{number}") for number in range(ROOMS)])


def on_sqlite(setting: Setting) -> Iterator[Row]:
    """Each commit is on disk before the answer: synchronous=FULL on both sides."""
    yield from _rows(setting, setting, "SQLite")


def on_postgresql(setting: Setting) -> Iterator[Row]:
    """A server of its own with PostgreSQL's defaults: a commit is on disk."""
    with machine.on_server_core():
        server = Postgres("-bench", options=())
        server.start()
    try:
        yield from _rows(setting.on(server.new_database()), setting.on(server.new_database()), "PostgreSQL")
    finally:
        server.stop()


def _rows(ours: Setting, theirs: Setting, database: str) -> Iterator[Row]:
    with ours.site.product(ORDER) as product, theirs.site.baseline(ORDER) as baseline:
        for senders in (1, 50, 500):
            yield _row(ours, product, baseline, database, senders)


def _row(setting: Setting, product: Installation, baseline: Installation, database: str, senders: int) -> Row:
    rooms = [f"bench-{number % ROOMS}" for number in range(senders)]
    alike = {"senders": senders, "outstanding": 1}
    with (
        crowd(CHAT_ROOMLESS, product.port, rooms, product.cookies, **alike) as ours,
        crowd(STORING, baseline.port, rooms, baseline.cookies, **alike) as theirs,
    ):
        sides = {"product": setting.talk(ours, acknowledged), AGAINST: setting.talk(theirs, acknowledged)}
        found = in_turn(f"posts, {senders} senders, {database}", UNIT, setting.effort.rounds, sides)
    with (
        setting.trivial("relay", senders, EVENT_BYTES) as port,
        crowd(RELAYED_ROOMLESS, port, rooms, [], **alike) as relayed,
    ):
        ceiling = setting.ceiling(relayed, acknowledged)
    name = f"posts, {senders} sender{'s' * (senders > 1)}, {database}"
    return row(name, UNIT, found, AGAINST, WANTED[database, senders], ceiling=ceiling)
