"""What sessions and tokens proved a moment ago, so that a burst of requests asks the database once.

It is right to a bound even if every word of a change is lost, and at once where the word arrives: whatever ends or
changes a sign-in is published, and every process hears it, the one that made the change before it answers.
"""

import asyncio
import threading
import time
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.utils import timezone

from chat import hub
from chat.hub import Credential, Item, PersonChanged, SessionsChanged

# The longest that something ended may still be believed, when nobody told us: long enough for the requests and the
# socket of one page and for a client that comes back, shorter than anybody takes to see that it did not work at once.
KNOWN_SECONDS = 2.0
# Some 2 KiB each.
KNOWN_MOST = 5_000
# No read takes longer (chat/database.py gives up before).
LONGEST_READ_SECONDS = 30.0


class Proof(NamedTuple):
    """That somebody is who they are: the values of their row, in the order of the model's columns, until when."""

    credential: Credential
    person: tuple[Any, ...]
    expires_at: datetime | None


class Memory:
    """By the digest of a session key or token. Used from the loop, forgotten in from any thread."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Proof, float]] = {}
        # By person: until when nothing is kept of them, as word of a change may come before what it tells of.
        self._changing: dict[int, float] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Proof | None:
        """What was kept of it less than KNOWN_SECONDS ago, if it has not expired since."""
        proof, until = self._known.get(key, (None, 0.0))
        if proof is None or time.monotonic() >= until:
            return None
        return proof if proof.expires_at is None or proof.expires_at > timezone.now() else None

    def keep(self, key: str, proof: Proof, read_at: float) -> None:
        """Keep what a read found that began at `read_at` (time.monotonic)."""
        user_id = proof.credential.user_id
        with self._lock:
            if user_id is None or read_at <= self._changing.get(user_id, 0.0):
                return
            if len(self._known) >= KNOWN_MOST:
                self._make_room()
            self._known[key] = (proof, read_at + KNOWN_SECONDS)

    def forget(self, user_id: int) -> None:
        """Ask the database about this person from now on, until it surely tells what changed."""
        now = time.monotonic()
        with self._lock:
            self._known = {
                key: kept for key, kept in self._known.items() if kept[0].credential.user_id != user_id
            }
            self._changing = {
                person: until
                for person, until in self._changing.items()
                if until + LONGEST_READ_SECONDS > now
            }
            self._changing[user_id] = now + KNOWN_SECONDS

    def _make_room(self) -> None:
        now = time.monotonic()
        self._known = {key: kept for key, kept in self._known.items() if kept[1] > now}
        if len(self._known) >= KNOWN_MOST:
            self._known.clear()


def memory_here() -> Memory:
    """Of the running loop; it ends with it, as the hub does."""
    return _memories.setdefault(asyncio.get_running_loop(), Memory())


def _hear(item: Item) -> None:
    """Somebody's sign-ins, or what is known of them, changed somewhere."""
    if isinstance(item, SessionsChanged | PersonChanged):
        for memory in list(_memories.values()):
            memory.forget(item.user_id)


_memories: WeakKeyDictionary[asyncio.AbstractEventLoop, Memory] = WeakKeyDictionary()
hub.listen(_hear)
