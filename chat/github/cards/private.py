"""What GitHub showed to single people, by their own accounts: remembered for minutes, in the memory of this process.

It is on no disk, in no page that is kept, and in nothing that another process hears.
"""

import threading
import time
from collections import OrderedDict
from typing import NamedTuple

from chat.protocol.objects import CardObject

# What GitHub showed somebody is shown to them for so long without its word that they still may see it: long enough
# for a moment of trouble, short enough for somebody who was just shut out.
ACCESS_SECONDS = 180.0
# Who looks at it is asked about again after this.
RECHECK_SECONDS = 60.0
# A kilobyte or two each.
REMEMBERED_MOST = 5_000


class Answer(NamedTuple):
    """`card` is None for somebody to whom GitHub shows nothing. Times are of the process's clock, in seconds."""

    card: CardObject | None
    seen_at: float
    asked_at: float


_answers: OrderedDict[tuple[int, int], Answer] = OrderedDict()
_lock = threading.Lock()


def recall(user_id: int, card_id: int) -> CardObject | None:
    """What this person may see of the card, as far as that is known and still counts."""
    answer = _answers.get((user_id, card_id))
    counts = answer is not None and time.monotonic() < answer.seen_at + ACCESS_SECONDS
    return answer.card if answer is not None and counts else None


def is_known(user_id: int, card_id: int) -> bool:
    """Whether GitHub was asked for this person a short while ago."""
    answer = _answers.get((user_id, card_id))
    return answer is not None and time.monotonic() < answer.asked_at + RECHECK_SECONDS


def keep(user_id: int, card_id: int, card: CardObject | None) -> Answer | None:
    """Remember what GitHub said just now; returns what was known before."""
    now = time.monotonic()
    with _lock:
        before = _answers.pop((user_id, card_id), None)
        _answers[user_id, card_id] = Answer(card, now, now)
        while len(_answers) > REMEMBERED_MOST:
            _answers.popitem(last=False)
    return before


def keep_silence(user_id: int, card_id: int) -> bool:
    """Remember that GitHub gave no answer; returns whether what it showed before counts no more, and is forgotten."""
    now = time.monotonic()
    with _lock:
        before = _answers.get((user_id, card_id), Answer(None, now, now))
        over = before.card is not None and now >= before.seen_at + ACCESS_SECONDS
        _answers[user_id, card_id] = Answer(None if over else before.card, before.seen_at, now)
    return over


def seen_by(user_id: int) -> list[int]:
    """The cards that this person was shown."""
    with _lock:
        return [
            card_id for (viewer, card_id), answer in _answers.items() if viewer == user_id and answer.card
        ]


def forget_all() -> None:
    """Remember nothing, as after a restart."""
    with _lock:
        _answers.clear()
