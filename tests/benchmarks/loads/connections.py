"""Loads of connections: how fast they are opened, what an idle one takes, and whom 5,000 of them hold up."""

import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.benchmarks import machine
from tests.benchmarks.contest import Figure, Figures, Row, in_turn, row, say
from tests.benchmarks.generator.dialects import CHAT, CHAT_ROOMLESS, TUTORIAL, Dialect
from tests.benchmarks.generator.opening import Call, Opened, open_all
from tests.benchmarks.loads.setting import Setting, crowd
from tests.benchmarks.servers.installations import Installation
from tests.benchmarks.servers.order import Order, Room

AGAINST = "tutorial on Daphne"
# Opened in each round; about two seconds' work for the slowest.
OPENED = 600
# The wish, and what files a process needs besides.
MANY, SPARE_FILES = 5_000, 200
# The allocator has its arenas and the server its pools by then.
BEFORE = 200
# Idle ones are spread over rooms of so many.
IN_A_ROOM = 50
# What a server has to put away after it opened or closed many.
SETTLE_S = 2.0
# Fan-outs a second to the crowd, and texts a second in the other room. Both are far below what anybody can do, so
# that it is the fan-out that delays, and no queue.
FANOUTS_A_SECOND, PROBES_A_SECOND = 4, 60


def opening(setting: Setting) -> Iterator[Row]:
    """Handshakes with a session cookie, 32 at a time, each until the server says that it is open."""
    order = Order(OPENED, [Room("bench")])
    with setting.site.product(order) as ours, setting.site.baseline(order) as theirs:
        sides = {
            "product": lambda: _open(_calls(CHAT_ROOMLESS, ours, OPENED)),
            AGAINST: lambda: _open(_calls(TUTORIAL, theirs, OPENED)),
        }
        found = in_turn("connections", "opened/s", setting.effort.rounds, sides)
    yield row("connections opened, with a session", "opened/s", found, AGAINST, (2, 3))


def memory(setting: Setting) -> Iterator[Row]:
    """How much the server's process grows, by connection in a room."""
    many = _most()
    order = Order(many, [Room(f"bench-{number}") for number in range(-(-many // IN_A_ROOM))])
    found = dict[str, Figures]()
    with setting.site.product(order) as ours:
        found["product"] = Figures([_weigh(_calls(CHAT, ours, many), ours)])
    with setting.site.baseline(order) as theirs:
        found[AGAINST] = Figures([_weigh(_calls(TUTORIAL, theirs, many), theirs)])
    made = row("memory of an idle connection", "KiB", found, AGAINST, (0.7, 0.5), less=True)
    yield replace(made, note=f"at {many:,} connections")


def bystander(setting: Setting) -> Iterator[Row]:
    """A lone room's message, while many connections in another room are fanned out to again and again."""
    many = _most()
    order = Order(many, [Room("crowded"), Room("lone")])
    with (
        setting.site.product(order) as ours,
        crowd(CHAT, ours.port, ["crowded"] * many, ours.cookies, senders=1, outstanding=1) as crowded,
        crowd(CHAT, ours.port, ["lone"], ours.cookies, senders=1, outstanding=1) as lone,
    ):
        time.sleep(SETTLE_S)
        delays: list[float] = []
        crowded.between.append(lone.probe(PROBES_A_SECOND, delays))
        measured = crowded.talk_at(FANOUTS_A_SECOND, setting.effort.seconds * 2)
        lone.settle()
    ms = [delay * 1000 for delay in delays]
    cuts = statistics.quantiles(ms, n=100)
    say(
        f"bystander: p50 {cuts[49]:.3g} ms, p99 {cuts[98]:.3g} ms of {len(ms)}; {measured.deliveries:,} deliveries"
    )
    yield Row(
        "another room, p99 beside a fan-out",
        "ms",
        cuts[98],
        bar=50,
        goal=20,
        less=True,
        busy=measured.busy,
        note=f"to {many:,} connections, {FANOUTS_A_SECOND} times a second; p50 {cuts[49]:.1f} ms",
        raw={"product": ms},
    )


def _most() -> int:
    """As many as this process and a server may have files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY + SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(MANY, soft - SPARE_FILES)


def _calls(dialect: Dialect, served: Installation, count: int) -> list[Call]:
    """One for each person."""
    spread = (
        [f"bench-{number // IN_A_ROOM}" for number in range(count)] if count > OPENED else ["bench"] * count
    )
    return [Call(dialect, served.port, room, served.cookies[number]) for number, room in enumerate(spread)]


def _open(calls: Sequence[Call]) -> Figure:
    began, cpu, served = time.perf_counter(), time.process_time(), machine.cpu_of_servers_s()
    opened = open_all(calls)
    spent, busy = time.perf_counter() - began, time.process_time() - cpu
    served = machine.cpu_of_servers_s() - served
    _close(opened)
    return Figure(len(calls) / spent, busy / spent, len(calls) / served if served else 0.0)


def _weigh(calls: Sequence[Call], served: Installation) -> Figure:
    """KiB by connection."""
    opened = open_all(calls[:BEFORE])
    time.sleep(SETTLE_S)
    [process] = served.processes
    before = process.resident_bytes()
    opened += open_all(calls[BEFORE:])
    time.sleep(SETTLE_S)
    grown = process.resident_bytes() - before
    _close(opened)
    kib = grown / (len(calls) - BEFORE) / 1024
    say(f"memory: {kib:.3g} KiB a connection of port {calls[0].port}")
    return Figure(kib)


def _close(opened: Sequence[Opened]) -> None:
    for one in opened:
        one.socket.close()
    # Nothing of it may burden the other side's turn.
    time.sleep(SETTLE_S)
