"""One connection of a crowd as the generator keeps it, and what a crowd measures."""

import socket
from dataclasses import dataclass, field

from tests.benchmarks.generator.streams import Stream


@dataclass
class Measured:
    """One window of time: what arrived in it, and the share of a core that the generator itself was busy."""

    seconds: float
    deliveries: int
    acknowledged: int
    busy: float
    # What the servers' processes together took of theirs.
    served_cpu_s: float
    # Seconds from send to arrival of each delivery, where that was asked for.
    delays: list[float] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Client:
    number: int
    socket: socket.socket
    room: str
    stream: Stream
    # The beginning of a frame that is not all there.
    rest: bytes = b""
    # Where it stands in its room's stream.
    at: int = 0
    window: int = 0
    serial: int = 0
    under_way: set[int] = field(default_factory=set)
    unsent: bytes = b""
