"""What GitHub answered, kept for each credential by itself: no answer to one is ever looked for under another.

Bounded in answers and bytes, for each credential and for all together. It knows nothing of forms: bodies are bytes.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from chat.github.upstream.identity import Identity

# Of one credential: some hundred cards, people and repositories, of a few KB each.
MOST_ENTRIES = 2_000
MOST_BYTES = 16 << 20
# Of all credentials of this process together; the one that was silent the longest goes first, whole.
MOST_BYTES_IN_ALL = 64 << 20
# A larger one is asked for each time: it would push out everything else. A page of 100 repositories has 600 KB.
MOST_BODY_BYTES = 1 << 20
# What an answer takes besides its body: keys, times, the ETag.
ENTRY_BYTES = 500
# GitHub's have 70 characters; what is longer is no mark to be sent back.
MOST_MARK_CHARS = 200


@dataclass(frozen=True)
class Kept:
    """An answer: its body, or None for what GitHub does not know, and by which marks it can be asked for again."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""
    confirmed_at: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Seconds since GitHub last said so."""
        return time.monotonic() - self.confirmed_at

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for it only if it is another by now."""
        marks = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: mark for name, mark in marks.items() if 0 < len(mark) <= MOST_MARK_CHARS}

    @property
    def size(self) -> int:
        """In bytes, about."""
        return ENTRY_BYTES + len(self.body or b"")

    def confirmed(self) -> "Kept":
        """The same, which GitHub has just said again."""
        return replace(self, confirmed_at=time.monotonic())


class Store:
    """The answers to one credential, by path; the longest unused go first."""

    def __init__(self) -> None:
        self.bytes = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, path: str) -> Kept | None:
        kept = self._kept.get(path)
        if kept is not None:
            self._kept.move_to_end(path)
        return kept

    def put(self, path: str, kept: Kept) -> None:
        self.drop(path)
        if len(kept.body or b"") > MOST_BODY_BYTES:
            return
        self._kept[path] = kept
        self.bytes += kept.size
        while len(self._kept) > MOST_ENTRIES or self.bytes > MOST_BYTES:
            self.bytes -= self._kept.popitem(last=False)[1].size

    def drop(self, path: str) -> None:
        if gone := self._kept.pop(path, None):
            self.bytes -= gone.size


class Stores:
    """One Store for each credential. Serves every loop and thread of the process."""

    def __init__(self) -> None:
        self._stores: OrderedDict[Identity, Store] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()  # WSGI asks from several threads; held for dictionary steps only

    def get(self, who: Identity, path: str) -> Kept | None:
        """What GitHub last said about the path to this credential."""
        with self._lock:
            store = self._stores.get(who)
            return None if store is None else store.get(path)

    def put(self, who: Identity, path: str, kept: Kept) -> None:
        """Keep it instead of what was there."""
        with self._lock:
            store = self._stores.setdefault(who, Store())
            self._stores.move_to_end(who)
            self._bytes -= store.bytes
            store.put(path, kept)
            self._bytes += store.bytes
            while len(self._stores) > 1 and self._bytes > MOST_BYTES_IN_ALL:
                self._bytes -= self._stores.popitem(last=False)[1].bytes

    def drop(self, who: Identity, path: str) -> None:
        """Forget one answer: this credential may not see it any more."""
        with self._lock:
            if store := self._stores.get(who):
                self._bytes -= store.bytes
                store.drop(path)
                self._bytes += store.bytes

    def forget(self, who: Identity) -> None:
        """Forget everything that this credential was told: it does not hold any more."""
        with self._lock:
            if store := self._stores.pop(who, None):
                self._bytes -= store.bytes

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._stores.clear()
            self._bytes = 0
