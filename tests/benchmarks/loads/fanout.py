"""Loads of many readers: one room of 100, one of 1,000, and 200 rooms of five in which everybody talks."""

from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.contest import Figures, Row, in_turn, row, say
from tests.benchmarks.generator.crowd import Crowd
from tests.benchmarks.generator.dialects import CHAT, SOCKET_IO, TUTORIAL
from tests.benchmarks.generator.opening import Call, open_all
from tests.benchmarks.loads.setting import CEILING_S, EVENT_BYTES, RELAYED, Setting, crowd, deliveries
from tests.benchmarks.servers import node_servers
from tests.benchmarks.servers.order import Order, Room

UNIT = "deliveries/s"


def one_room_of_100(setting: Setting) -> Iterator[Row]:
    """4 senders with 4 texts under way each, against the tutorial's consumer."""
    order = Order(100, [Room("bench", list(range(100)))])
    rooms = ["bench"] * 100
    found = _against_tutorial(setting, "fanout-100", order, rooms, senders=4, outstanding=4)
    yield row("one room x 100", UNIT, found, "tutorial on Daphne", (50, 100), ceiling=_blast(setting, 100))


def one_room_of_1000(setting: Setting) -> Iterator[Row]:
    """8 senders with 2 texts under way each, against `ws` and socket.io with its Redis adapter."""
    order = Order(1000, [Room("bench", list(range(1000)))])
    rooms, sizes = ["bench"] * 1000, {"senders": 8, "outstanding": 2}
    with ExitStack() as stack:
        ours = stack.enter_context(setting.site.product(order))
        sides = {"product": stack.enter_context(crowd(CHAT, ours.port, rooms, ours.cookies, **sizes))}
        try:
            folder, redis = setting.site.folder, setting.redis_socket
            ports = [
                stack.enter_context(start(folder, redis))
                for start in (node_servers.ws, node_servers.socket_io)
            ]
        except node_servers.NoNode as missing:
            say(f"fanout-1000: without ws and socket.io: {missing}")
        else:
            sides["ws"] = stack.enter_context(crowd(TUTORIAL, ports[0], rooms, [], **sizes))
            sides["socket.io"] = stack.enter_context(crowd(SOCKET_IO, ports[1], rooms, [], **sizes))
        found = _measure(setting, "fanout-1000", sides)
    ceiling = _blast(setting, 1000)
    for against, wanted in {"ws": (2, 5), "socket.io": (3, 8)}.items():
        yield row("one room x 1,000", UNIT, found, against, wanted, ceiling=ceiling)


def two_hundred_rooms(setting: Setting) -> Iterator[Row]:
    """200 rooms of 5, everybody has one text under way, against the tutorial's consumer."""
    rooms = [f"bench-{number // 5}" for number in range(1000)]
    order = Order(1000, [Room(f"bench-{n}", list(range(n * 5, n * 5 + 5))) for n in range(200)])
    found = _against_tutorial(setting, "talk-200x5", order, rooms, senders=5, outstanding=1)
    with (
        setting.trivial("relay", len(rooms), EVENT_BYTES) as port,
        crowd(RELAYED, port, rooms, [], senders=5, outstanding=1) as relayed,
    ):
        ceiling = setting.ceiling(relayed, deliveries)
    yield row("200 rooms x 5, all send", UNIT, found, "tutorial on Daphne", (12, 25), ceiling=ceiling)


def under_uvicorn(setting: Setting) -> Iterator[Row]:
    """One room of 100 again, both under uvicorn."""
    order = Order(100, [Room("bench", list(range(100)))])
    rooms, sizes = ["bench"] * 100, {"senders": 4, "outstanding": 4}
    with (
        setting.site.product(order, uvicorn=True) as ours,
        setting.site.baseline(order, uvicorn=True) as theirs,
        crowd(CHAT, ours.port, rooms, ours.cookies, **sizes) as our_crowd,
        crowd(TUTORIAL, theirs.port, rooms, theirs.cookies, **sizes) as their_crowd,
    ):
        found = _measure(setting, "uvicorn", {"product": our_crowd, "tutorial on uvicorn": their_crowd})
    yield row(
        "one room x 100, under uvicorn",
        UNIT,
        found,
        "tutorial on uvicorn",
        (3, 5),
        ceiling=_blast(setting, 100),
    )


def _against_tutorial(
    setting: Setting, what: str, order: Order, rooms: list[str], *, senders: int, outstanding: int
) -> dict[str, Figures]:
    sizes = {"senders": senders, "outstanding": outstanding}
    with (
        setting.site.product(order) as ours,
        setting.site.baseline(order) as theirs,
        crowd(CHAT, ours.port, rooms, ours.cookies, **sizes) as our_crowd,
        crowd(TUTORIAL, theirs.port, rooms, theirs.cookies, **sizes) as their_crowd,
    ):
        return _measure(setting, what, {"product": our_crowd, "tutorial on Daphne": their_crowd})


def _measure(setting: Setting, what: str, crowds: dict[str, Crowd]) -> dict[str, Figures]:
    sides = {name: setting.talk(each, deliveries) for name, each in crowds.items()}
    return in_turn(what, UNIT, setting.effort.rounds, sides)


def _blast(setting: Setting, connections: int) -> float:
    """How many deliveries a second the generator takes from a server that only writes."""
    with setting.trivial("blast", connections, EVENT_BYTES) as port:
        blasted = Crowd(
            CHAT,
            open_all([Call(CHAT, port, "bench")] * connections),
            ["bench"] * connections,
            senders=1,
            outstanding=1,
        )
        try:
            measured = blasted.be_blasted(CEILING_S)
        finally:
            blasted.close()
    ceiling = measured.deliveries / measured.seconds
    say(f"the generator's ceiling with {connections} connections: {ceiling:,.0f} {UNIT}")
    return ceiling
