"""What a room's readers must see: one stream of deliveries, complete, in order, nothing twice, the same for all.

The first connection that comes to a new place in the stream has its frame read and checked; every other one is
compared with it byte by byte. So each delivery to each connection is checked, at the speed of comparing memory.
"""

import bisect
import time

from tests.benchmarks.generator.dialects import mark_of


class Unfaithful(Exception):
    """The server lost, doubled, reordered or invented a delivery."""


class Stream:
    """One room's deliveries since the last `forget`, as the bytes of their frames."""

    def __init__(self, before: int = 0) -> None:
        """`before` is the serial after which every sender begins."""
        self._before = before
        # Whether the server says texts that nobody sent, as the one does that shows the generator's ceiling.
        self.invents = False
        self.reference = bytearray()
        # Where each frame ends, and when its text was sent.
        self._ends: list[int] = []
        self._sent_at: list[float] = []
        # By sender: the serial of the latest text in the stream; and when each text not yet there was sent.
        self._latest: dict[int, int] = {}
        self._under_way: dict[tuple[int, int], float] = {}

    @property
    def outstanding(self) -> int:
        """How many texts were sent that nobody has seen."""
        return len(self._under_way)

    def sent(self, sender: int, serial: int) -> None:
        """A sender is about to send; serials of a sender rise by one."""
        self._under_way[sender, serial] = time.perf_counter()

    def count(self, at: int) -> int:
        """How many deliveries are complete at a place in the stream."""
        return bisect.bisect_right(self._ends, at)

    def frame_start(self, at: int) -> int:
        """Where the frame begins in which a place lies."""
        number = self.count(at)
        return self._ends[number - 1] if number else 0

    def delays(self, before: int, after: int) -> list[float]:
        """Seconds from the sending of each delivery between two places to now."""
        now = time.perf_counter()
        return [now - sent for sent in self._sent_at[self.count(before) : self.count(after)]]

    def take(self, frame: bytes, payload: bytes, at: int) -> int:
        """A connection that stood at `at` got a delivery: the place where it stands now. Raises Unfaithful."""
        if self.reference.startswith(frame, at):
            return at + len(frame)
        if at == len(self.reference):
            self._extend(frame, payload)
            return len(self.reference)
        return self._same_message_in_other_bytes(payload, at)

    def forget(self) -> None:
        """Begin the stream anew, when everybody has got to its end; serials go on."""
        self.reference.clear()
        self._ends.clear()
        self._sent_at.clear()

    def _extend(self, frame: bytes, payload: bytes) -> None:
        sender, serial = mark_of(payload)
        expected = self._latest.get(sender, self._before) + 1
        if serial != expected:
            raise Unfaithful(f"text {serial} of sender {sender} came where text {expected} was due")
        sent_at = self._under_way.pop((sender, serial), None)
        if sent_at is None and not self.invents:
            raise Unfaithful(f"text {serial} of sender {sender} was never sent")
        self._latest[sender] = serial
        self._sent_at.append(sent_at or 0.0)
        self.reference += frame
        self._ends.append(len(self.reference))

    def _same_message_in_other_bytes(self, payload: bytes, at: int) -> int:
        """Allowed: another process may say the same in another way. Another message is not."""
        end = self._ends[self.count(at)]
        due = mark_of(bytes(self.reference[at:end]))
        if mark_of(payload) != due:
            raise Unfaithful(f"{mark_of(payload)} came where {due} was due (sender, serial)")
        return end
