"""What the channel layer drops for want of room: counted one by one, and said now and then."""

import logging
import time

from chat import metrics

logger = logging.getLogger(__name__)

INBOX, OUTBOX = "inbox", "outbox"
# Whoever drops one drops thousands; a line a minute says that it goes on.
QUIET_SECONDS = 60.0

_said: dict[str, float] = {}


def count(messages: int, where: str) -> None:
    """So many messages were dropped on their way in (`inbox`) or out (`outbox`)."""
    metrics.layer_dropped.labels(where).inc(messages)
    now = time.monotonic()
    if now - _said.get(where, -QUIET_SECONDS) >= QUIET_SECONDS:
        _said[where] = now
        logger.warning("The channel layer's %s is full, the oldest messages are dropped", where)
