"""The times this GitHub writes: each is later than the one before, however quickly a test moves things."""

import itertools
from datetime import UTC, datetime, timedelta

_START = datetime(2026, 1, 1, tzinfo=UTC)
_seconds = itertools.count()


def later() -> str:
    """In GitHub's form."""
    return (_START + timedelta(seconds=next(_seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")
