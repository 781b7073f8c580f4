"""Loads of pages: the history of a room as JSON, and the page of a room, beside plain Django views."""

from collections.abc import Callable, Iterator

from tests.benchmarks.contest import Figure, Row, in_turn, row
from tests.benchmarks.generator.requests import Answered, Get, ask
from tests.benchmarks.generator.trivial import TRIVIAL_BODY
from tests.benchmarks.loads.setting import CEILING_S, Setting, figure
from tests.benchmarks.servers.installations import Installation
from tests.benchmarks.servers.order import Order, Room

UNIT = "answers/s"
AGAINST = "plain Django view"
PAGE = 50
ORDER = Order(10, [Room("bench", list(range(10)), history=PAGE)])


def all_pages(setting: Setting) -> Iterator[Row]:
    """Over connections that stay open, by somebody who is signed in."""
    with setting.site.product(ORDER) as ours, setting.site.baseline(ORDER) as theirs:
        yield _row(
            setting,
            "history page, 50 messages",
            Get(
                ours.port, f"/api/rooms/bench/messages?limit={PAGE}", ours.cookies[1], b'"text":"Hello', PAGE
            ),
            Get(theirs.port, "/api/bench/", theirs.cookies[1], b'"text": "Hello', PAGE),
            (5, 8),
        )
        yield _row(setting, "room page", _shell(ours), _page(theirs), (20, 30))


def _shell(ours: Installation) -> Get:
    """The same for everybody: its messages come by the socket."""
    return Get(ours.port, "/chat/bench/", ours.cookies[1], b"</html>", 1)


def _page(theirs: Installation) -> Get:
    return Get(theirs.port, "/chat/bench/", theirs.cookies[1], b"<div><p>Hello", PAGE)


def _row(setting: Setting, name: str, ours: Get, theirs: Get, wanted: tuple[float, float]) -> Row:
    answered: list[Answered] = []
    sides = {"product": _asking(setting, ours, answered), AGAINST: _asking(setting, theirs, [])}
    found = in_turn(name, UNIT, setting.effort.rounds, sides)
    size = answered[-1].answer_bytes
    with setting.trivial("answer", 0, size) as port:
        trivial = ask(Get(port, "/", "", TRIVIAL_BODY, 1), CEILING_S, 0.2)
    return row(name, UNIT, found, AGAINST, wanted, ceiling=trivial.count / trivial.seconds)


def _asking(setting: Setting, get: Get, answers: list[Answered]) -> Callable[[], Figure]:
    def measure() -> Figure:
        answers.append(ask(get, setting.effort.seconds, setting.effort.warm_up_s))
        return figure(answers[-1], answers[-1].count)

    return measure
