"""Where the calls of this process went and what was saved: counted by whose quota it is and by feature."""

import threading
from collections import Counter
from typing import Literal, NamedTuple

# Who spends the calls.
Feature = Literal["users", "overview", "repository", "card", "word", "hook"]
# The installation's own token (or none), or the tokens of people who linked their accounts.
Whose = Literal["server", "own"]
# `calls`: sent to GitHub, `saved_by_304` among them: those cost nothing where there is a token. Not sent at all:
# `saved_by_cache`, and `saved_by_sharing` for those who waited for the same call. `stale`: answered from what is
# kept, as GitHub could not be asked or failed. `limited`: refused for the cool-down, by GitHub or here.
Count = Literal["calls", "saved_by_304", "saved_by_cache", "saved_by_sharing", "stale", "limited"]


class Spender(NamedTuple):
    """For whom a call is made."""

    whose: Whose
    feature: Feature


Counts = Counter[tuple[Spender, Count]]

_totals: Counts = Counter()
_unsaved: Counts = Counter()
_lock = threading.Lock()


def count(spender: Spender, what: Count) -> None:
    """One more."""
    with _lock:
        _totals[spender, what] += 1
        _unsaved[spender, what] += 1


def totals() -> Counts:
    """Since this process began."""
    with _lock:
        return _totals.copy()


def unsaved() -> Counts:
    """What no `take` has taken yet."""
    with _lock:
        return _unsaved.copy()


def take() -> Counts:
    """The same, and count anew from here."""
    with _lock:
        taken = _unsaved.copy()
        _unsaved.clear()
        return taken


def give_back(counts: Counts) -> None:
    """What was taken could not be saved."""
    with _lock:
        _unsaved.update(counts)


def forget_all() -> None:
    """Nothing was spent, as after a restart."""
    with _lock:
        _totals.clear()
        _unsaved.clear()
