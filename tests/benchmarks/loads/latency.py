"""The load of an ordinary day: some messages a second to a hundred readers, and how long each is on its way."""

import statistics
from collections.abc import Iterator

from tests.benchmarks.contest import Figure, Figures, Row, in_turn, row
from tests.benchmarks.generator.crowd import Crowd
from tests.benchmarks.generator.dialects import CHAT, TUTORIAL
from tests.benchmarks.loads.setting import Setting, crowd
from tests.benchmarks.servers.order import Order, Room

AGAINST = "tutorial on Daphne"
READERS, MESSAGES_A_SECOND = 100, 15
# By name: which of a hundred quantiles, and what it must reach.
QUANTILES: dict[str, tuple[int, tuple[float, float] | tuple[None, None]]] = {
    "p50": (49, (None, None)),
    "p99": (98, (0.25, 0.125)),
}


def at_a_moderate_rate(setting: Setting) -> Iterator[Row]:
    """15 messages a second, from send to arrival; the product has stored each before."""
    order = Order(READERS, [Room("bench", list(range(READERS)))])
    rooms = ["bench"] * READERS
    with (
        setting.site.product(order) as ours,
        setting.site.baseline(order) as theirs,
        crowd(CHAT, ours.port, rooms, ours.cookies, senders=4, outstanding=1) as our_crowd,
        crowd(TUTORIAL, theirs.port, rooms, theirs.cookies, senders=4, outstanding=1) as their_crowd,
    ):
        delays: dict[str, list[list[float]]] = {"product": [], AGAINST: []}
        sides = {
            "product": lambda: _listen(setting, our_crowd, delays["product"]),
            AGAINST: lambda: _listen(setting, their_crowd, delays[AGAINST]),
        }
        in_turn("latency, p99", "ms", setting.effort.rounds, sides)
    for name, (place, wanted) in QUANTILES.items():
        found = {
            side: Figures([Figure(_quantile(each, place)) for each in rounds])
            for side, rounds in delays.items()
        }
        yield row(f"{name} at 15 messages/s x 100", "ms", found, AGAINST, wanted, less=True)


def _listen(setting: Setting, each: Crowd, rounds: list[list[float]]) -> Figure:
    each.talk_at(MESSAGES_A_SECOND, setting.effort.warm_up_s)
    measured = each.talk_at(MESSAGES_A_SECOND, setting.effort.seconds * 2)
    rounds.append(measured.delays)
    return Figure(_quantile(measured.delays, 98), measured.busy)


def _quantile(delays: list[float], place: int) -> float:
    return statistics.quantiles(delays, n=100)[place] * 1000
