"""Who listens to one room in this process, and the way by which one frame reaches them all."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Protocol

from chat.hub.hints import Hint, Passing


class Outlet(Protocol):
    """What writes to many connections at once, under a server that can."""

    def fan_out(self, text: str, wires: Collection[Any]) -> None: ...


class Wire(Protocol):
    """The way out of one connection and in, under a server that gives one; of a kind with all of its outlet."""

    outlet: Outlet
    # Called when the reader is too far behind, after what waited was dropped; whoever sends sets it.
    overflowed: Callable[[], None]

    @property
    def pending(self) -> int:
        """Bytes that are not with the system yet."""

    @property
    def closed_with(self) -> int | None:
        """The code of this side's close frame, if it was the first: the server's own too, for what is no frame."""

    def put(self, text: str) -> None:
        """Send a text frame behind the others."""

    def close(self, code: int, reason: str) -> None:
        """Send the close frame behind everything that was put before it; what is put later is dropped."""

    def listen(self, take: Callable[[str], None]) -> None:
        """Hand each text that comes in to `take`, at once and in order; called before the connection is accepted."""

    def pause(self) -> None:
        """Hand over no text until `resume`; none is lost."""

    def resume(self) -> None: ...


class Subscriber(Protocol):
    """What a feed needs of a connection."""

    plain: bool
    wire: Wire | None

    @property
    def user_id(self) -> int | None: ...

    @property
    def hidden(self) -> bool:
        """Whether its person is never shown as online."""

    def deliver(self, frame: str) -> None: ...

    def expelled(self, room_id: int) -> None:
        """Told when the right to read the room has ended, after its last frame."""


class _Group:
    """Those of one dialect."""

    def __init__(self) -> None:
        self._wires: dict[Subscriber, Wire] = {}
        self._others: dict[Subscriber, None] = {}

    def add(self, subscriber: Subscriber) -> None:
        if subscriber.wire is not None:
            self._wires[subscriber] = subscriber.wire
        else:
            self._others[subscriber] = None

    def discard(self, subscriber: Subscriber) -> None:
        self._wires.pop(subscriber, None)
        self._others.pop(subscriber, None)

    def send(self, frame: str) -> None:
        if self._wires:
            wires = self._wires.values()
            next(iter(wires)).outlet.fan_out(frame, wires)
        for subscriber in list(self._others):
            subscriber.deliver(frame)


class Audience:
    """Subscribers of a room. One whose first page is still being read collects its frames instead of getting them."""

    def __init__(self) -> None:
        self._modern, self._plain = _Group(), _Group()
        self._collected: dict[Subscriber, list[Hint | Passing]] = {}
        self._everybody: dict[Subscriber, None] = {}

    def __iter__(self) -> Iterator[Subscriber]:
        return iter(list(self._everybody))

    def __len__(self) -> int:
        return len(self._everybody)

    def __contains__(self, subscriber: Subscriber) -> bool:
        return subscriber in self._everybody

    def is_reading(self, subscriber: Subscriber) -> bool:
        """Whether its first page is still being read."""
        return subscriber in self._collected

    def collect(self, subscriber: Subscriber) -> None:
        """Collect for it from now on, also if it listened before."""
        self.drop(subscriber)
        self._everybody[subscriber] = None
        self._collected[subscriber] = []

    def collected(self, subscriber: Subscriber) -> list[Hint | Passing]:
        """What came since it began to read, in order."""
        return self._collected.get(subscriber, [])

    def open(self, subscriber: Subscriber) -> None:
        """Send to it from now on."""
        self._collected.pop(subscriber, None)
        self._group(subscriber).add(subscriber)

    def drop(self, subscriber: Subscriber) -> None:
        """Forget it; harmless when it is unknown."""
        self._everybody.pop(subscriber, None)
        self._collected.pop(subscriber, None)
        self._group(subscriber).discard(subscriber)

    def send(self, item: Hint | Passing) -> None:
        """Send to each its form of the item, and keep it for those who are reading."""
        for collected in self._collected.values():
            collected.append(item)
        if isinstance(item, Passing) and item.except_user is not None:
            self._send_singly(item)
            return
        self._modern.send(item.frame)
        if item.plain is not None:
            self._plain.send(item.plain)

    def send_plain(self, frame: str) -> None:
        """Send to those of the plain dialect alone, which has no page to wait for."""
        self._plain.send(frame)
        for subscriber in self._collected:
            if subscriber.plain:
                subscriber.deliver(frame)

    def _send_singly(self, item: Passing) -> None:
        for subscriber in self:
            if subscriber not in self._collected:
                text = item.text_for(subscriber.user_id, subscriber.plain)
                if text is not None:
                    subscriber.deliver(text)

    def _group(self, subscriber: Subscriber) -> _Group:
        return self._plain if subscriber.plain else self._modern
