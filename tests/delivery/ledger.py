"""The checker: what was attempted, acknowledged, stored and read in one room, held against each other."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.delivery.rows import Stored
from tests.wire import Object, View


@dataclass(frozen=True)
class Seen:
    """Numbers of messages: `lost`, `twice` and `unexpected` in the database and with every reader together."""

    attempted: int
    acknowledged: int
    read: int
    lost: int
    twice: int
    unexpected: int
    longest_wait_s: float


class Ledger:
    """Written by those who speak; each text is spoken once."""

    def __init__(self) -> None:
        # Text -> when it was first sent.
        self.attempted: dict[str, float] = {}
        # Text -> message id.
        self.acknowledged: dict[str, int] = {}
        self.longest_wait_s = 0.0

    def attempt(self, text: str) -> None:
        assert text not in self.attempted, "texts are how messages are told apart"
        self.attempted[text] = time.monotonic()

    def acknowledge(self, text: str, answer: Object) -> None:
        self.acknowledged[text] = answer["message_id"]
        self.longest_wait_s = max(self.longest_wait_s, time.monotonic() - self.attempted[text])

    def is_with(self, view: View) -> bool:
        """Whether a reader has everything that was acknowledged."""
        return self.acknowledged.keys() <= set(view.texts())

    def compare(self, stored: Stored, views: Sequence[View]) -> Seen:
        """Hold the rows and what each reader has against what was attempted and acknowledged."""
        places = [Counter(stored.texts()), *(Counter(view.texts()) for view in views)]
        read = set().union(*(view.texts() for view in views))
        return Seen(
            attempted=len(self.attempted),
            acknowledged=len(self.acknowledged),
            read=len(read),
            lost=sum(len(self.acknowledged.keys() - place.keys()) for place in places),
            twice=sum(place.total() - len(place) for place in places) + sum(view.repeats for view in views),
            unexpected=sum(len(place.keys() - self.attempted.keys()) for place in places)
            + len(read - set(stored.texts()))
            + self._wrongly_answered(stored),
            longest_wait_s=self.longest_wait_s,
        )

    def _wrongly_answered(self, stored: Stored) -> int:
        """Answers that name another message than the one they acknowledge."""
        texts = {key: text for key, _, _, text in stored.messages}
        return sum(texts.get(message_id) != text for text, message_id in self.acknowledged.items())


def assert_same(views: Iterable[View], truth: View) -> None:
    """Every reader holds what a fresh load gives, message by message."""
    for view in views:
        assert view.messages == truth.messages
