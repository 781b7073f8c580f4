"""Many open connections that talk and listen, in one loop of one process: the load, and the count of what came."""

import itertools
import select
import time
from collections.abc import Iterator, Sequence

from tests.benchmarks import machine
from tests.benchmarks.generator import dialects
from tests.benchmarks.generator.clients import Client, Measured
from tests.benchmarks.generator.dialects import Dialect
from tests.benchmarks.generator.frames import CLOSE, PING, PONG, bounds, client_frame
from tests.benchmarks.generator.opening import READ_BYTES, Opened
from tests.benchmarks.generator.streams import Stream, Unfaithful

# Whatever is due after the last text was sent: a slow server has as much as its senders' windows to work off.
DRAIN_S = 20.0
# How long to look for deliveries that nobody is owed.
AFTERMATH_S = 0.2
# Few, so that what comes between the events of two rounds is soon done.
EVENTS_AT_ONCE = 64
# Each crowd counts from a number of its own: a server that stores never sees a text twice.
_first_serials = itertools.count(0, 10_000_000)


class Overdue(Exception):
    """The server owes replies or deliveries for longer than anybody should wait."""


class Crowd:
    """Connections to one server; the first `senders` of each room keep `outstanding` texts under way each."""

    def __init__(
        self,
        dialect: Dialect,
        opened: Sequence[Opened],
        rooms: Sequence[str],
        *,
        senders: int,
        outstanding: int,
        drain_s: float = DRAIN_S,
    ) -> None:
        self._drain_s = drain_s
        # In the rounds before this one.
        self._counted = 0
        self._dialect = dialect
        self._poll = select.epoll()
        self._talking = False
        self._acknowledged = 0
        self._delays: list[float] | None = None
        # Each takes a step between the events of two rounds of the loop.
        self.between: list[Iterator[None]] = []
        self._clients: dict[int, Client] = {}
        self._streams = dict[str, Stream]()
        self._enter(opened, rooms, senders, outstanding)
        self._senders = [client for client in self._clients.values() if client.window]

    def _enter(self, opened: Sequence[Opened], rooms: Sequence[str], senders: int, outstanding: int) -> None:
        before, talking = next(_first_serials), dict.fromkeys(rooms, 0)
        self._streams |= {room: Stream(before) for room in talking}
        for number, (one, room) in enumerate(zip(opened, rooms, strict=True)):
            client = Client(number, one.socket, room, self._streams[room], serial=before)
            if talking[room] < senders:
                talking[room] += 1
                client.window = outstanding
            self._clients[one.socket.fileno()] = client
            self._poll.register(one.socket, select.EPOLLIN)
            self._walk(client, one.rest)

    def talk(self, seconds: float, warm_up_s: float) -> Measured:
        """Everybody talks as fast as the answers allow; then what is owed is waited for and checked."""
        self._begin()
        self._talking = True
        for client in self._senders:
            self._say(client, client.window)
        self._serve(warm_up_s)
        measured = self._measure(seconds)
        self._talking = False
        self._finish()
        return measured

    def talk_at(self, a_second: float, seconds: float) -> Measured:
        """The senders say one text in turn at a fixed pace; each delivery's delay is measured."""
        self._begin()
        delays: list[float] = []
        self._delays = delays
        self.between.append(self._turns(a_second))
        measured = self._measure(seconds)
        self.between.pop()
        self._finish()
        self._delays, measured.delays = None, delays
        return measured

    def be_blasted(self, seconds: float) -> Measured:
        """Only read, from a server that says so itself texts of sender 0: the generator's own ceiling."""
        for stream in self._streams.values():
            stream.invents = True
        first = self._senders[0]
        first.socket.send(str(first.serial).encode())
        self._serve(0.5)
        return self._measure(seconds)

    def probe(self, a_second: float, delays: list[float]) -> Iterator[None]:
        """For the `between` of another crowd: each step says what is due, and notes the delay of what is there."""
        self._begin()
        self._delays = delays
        for turn in self._turns(a_second):
            for descriptor, event in self._poll.poll(0):
                self._attend(self._clients[descriptor], event)
            yield turn

    def settle(self) -> None:
        """After a probe: wait for what is owed. Raises Overdue or Unfaithful."""
        self._delays = None
        self._finish()

    def close(self) -> None:
        self._poll.close()
        for client in self._clients.values():
            client.socket.close()

    def _turns(self, a_second: float) -> Iterator[None]:
        """Each step sends what is due by now."""
        began, said = time.monotonic(), 0
        while True:
            while time.monotonic() - began >= said / a_second:
                self._say(self._senders[said % len(self._senders)], 1)
                said += 1
            yield

    @property
    def deliveries(self) -> int:
        """How many came since the beginning."""
        return self._counted + self._count()

    def _begin(self) -> None:
        self._counted += self._count()
        for client in self._clients.values():
            client.at = 0
        for stream in self._streams.values():
            stream.forget()

    def _measure(self, seconds: float) -> Measured:
        deliveries, acknowledged = self._count(), self._acknowledged
        began, cpu, served = time.perf_counter(), time.process_time(), machine.cpu_of_servers_s()
        self._serve(seconds)
        spent = time.perf_counter() - began
        return Measured(
            seconds=spent,
            deliveries=self._count() - deliveries,
            acknowledged=self._acknowledged - acknowledged,
            busy=(time.process_time() - cpu) / spent,
            served_cpu_s=machine.cpu_of_servers_s() - served,
        )

    def _count(self) -> int:
        return sum(client.stream.count(client.at) for client in self._clients.values())

    def _finish(self) -> None:
        """Wait until everybody has everything, and a moment longer for what should not come. Raises Overdue."""
        deadline = time.monotonic() + self._drain_s
        while not self._is_done():
            if time.monotonic() > deadline:
                raise Overdue(f"{self._dialect.name}: {self._owed()} after {self._drain_s:.0f} s")
            self._serve(0.02)
        self._serve(AFTERMATH_S)
        if not self._is_done():
            raise Unfaithful("something came that nobody was owed")

    def _is_done(self) -> bool:
        return not any(client.under_way for client in self._senders) and self._owed_deliveries() == 0

    def _owed_deliveries(self) -> int:
        if not self._dialect.hears:
            return 0
        unseen = sum(stream.outstanding for stream in self._streams.values())
        behind = sum(
            client.at != len(client.stream.reference) or bool(client.rest)
            for client in self._clients.values()
        )
        return unseen + behind

    def _owed(self) -> str:
        replies = sum(len(client.under_way) for client in self._senders)
        return f"{replies} answers and {self._owed_deliveries()} deliveries are owed"

    def _serve(self, seconds: float) -> None:
        """Read and answer for so long."""
        until = time.monotonic() + seconds
        clients = self._clients
        while (left := until - time.monotonic()) > 0:
            for each in self.between:
                next(each)
            for descriptor, event in self._poll.poll(min(left, 0.005), EVENTS_AT_ONCE):
                self._attend(clients[descriptor], event)

    def _attend(self, client: Client, event: int) -> None:
        if event & select.EPOLLOUT:
            self._write(client, b"")
        if event & ~select.EPOLLOUT:
            self._read(client)

    def _read(self, client: Client) -> None:
        try:
            chunk = client.socket.recv(READ_BYTES)
        except ConnectionError:
            chunk = b""
        if not chunk:
            raise Unfaithful(f"{self._dialect.name} hung up on client {client.number}")
        before, stream = client.at, client.stream
        if not client.rest and not (client.window and self._dialect.echoes):
            if stream.reference.startswith(chunk, before):
                client.at += len(chunk)
                if self._delays is not None:
                    self._delays += stream.delays(before, client.at)
                return
            # The place may lie within a frame, whose beginning was taken for the one that is due.
            start = stream.frame_start(before)
            client.rest, client.at = bytes(stream.reference[start:before]), start
        self._walk(client, client.rest + chunk)
        if self._delays is not None:
            self._delays += stream.delays(before, client.at)

    def _walk(self, client: Client, data: bytes) -> None:
        """Look at every frame; keep the beginning of the last one. Then say as much as was answered."""
        at, answered = 0, 0
        while (place := bounds(data, at)) is not None:
            first, end = place
            if data[at] & 15 > 7:
                self._control(client, data[at] & 15, data[first:end])
            else:
                answered += self._take(client, data[at:end], data[first:end])
            at = end
        client.rest = data[at:]
        if answered:
            self._acknowledged += answered
            if self._talking:
                self._say(client, answered)

    def _take(self, client: Client, frame: bytes, payload: bytes) -> int:
        """One data frame; 1 when it answers what this client said."""
        kind = self._dialect.kind(payload)
        if kind == dialects.DELIVERY:
            client.at = client.stream.take(frame, payload, client.at)
            return self._echo(client, payload) if client.window and self._dialect.echoes else 0
        if kind == dialects.REPLY:
            return self._answered(client, dialects.reply_id(payload))
        if kind == dialects.ERROR:
            raise Unfaithful(f"{self._dialect.name} answered {payload[:200]!r}")
        if kind == dialects.HEARTBEAT:
            self._write(client, client_frame(b"3"))
        return 0

    def _echo(self, client: Client, payload: bytes) -> int:
        sender, serial = dialects.mark_of(payload)
        return self._answered(client, serial) if sender == client.number else 0

    def _answered(self, client: Client, serial: int) -> int:
        if serial not in client.under_way:
            raise Unfaithful(f"an answer to text {serial}, which is not under way")
        client.under_way.discard(serial)
        return 1

    def _control(self, client: Client, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            raise Unfaithful(f"{self._dialect.name} closed client {client.number}: {payload!r}")
        if opcode == PING:
            self._write(client, client_frame(payload, PONG))

    def _say(self, client: Client, count: int) -> None:
        frames = []
        for _ in range(count):
            client.serial += 1
            text = dialects.text_of(client.number, client.serial)
            client.under_way.add(client.serial)
            if self._dialect.hears:
                client.stream.sent(client.number, client.serial)
            frames.append(
                client_frame(self._dialect.say(client.room, client.serial, text), mask=self._dialect.mask)
            )
        self._write(client, b"".join(frames))

    def _write(self, client: Client, data: bytes) -> None:
        """Write now what the socket takes, and the rest when it is ready."""
        data = client.unsent + data
        try:
            sent = client.socket.send(data)
        except BlockingIOError:
            sent = 0
        waited, client.unsent = bool(client.unsent), data[sent:]
        if waited != bool(client.unsent):
            events = select.EPOLLIN | (select.EPOLLOUT if client.unsent else 0)
            self._poll.modify(client.socket, events)
