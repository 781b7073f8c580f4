"""The hash chain of each room's log: two databases with equal chains hold the same history, to the letter.

A room's chain is a running SHA-256 over its changes in order. A message's content enters it at the message's
latest change, where the database has it; at earlier changes only number, message and kind do.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from chat.models import Change, Message, Reaction, Revision, Room

# Rows of the log that are in memory at a time.
STEP = 1_000
# What is hashed of a message. A manifest's format number changes with it (chat/backups/manifest.py).
CONTENT = (
    *("id", "seq", "first_seq", "text_seq", "kind", "author_id", "client_id", "digest", "text", "html"),
    *("at", "edited_at", "deleted", "reply_to_id", "thread_id", "replies", "last_reply_at", "mentions"),
    *("pinned", "event"),
)

_encoder = msgspec.json.Encoder(order="sorted")


class RoomChain(msgspec.Struct):
    """A room's head, the number of its messages, and the chain up to there as hex."""

    id: int
    slug: str
    seq: int
    messages: int
    chain: str


def room_chains(using: str) -> Iterator[RoomChain]:
    """Every room's, ascending by id, in constant memory."""
    rooms = Room.objects.using(using).order_by("id").values_list("id", "slug", "seq")
    for room_id, slug, seq in rooms.iterator(STEP):
        running, messages = hashlib.sha256(), 0
        for line, has_content in _lines(using, room_id):
            running.update(line)
            messages += has_content
        yield RoomChain(room_id, slug, seq, messages, running.hexdigest())


def _lines(using: str, room_id: int) -> Iterator[tuple[bytes, bool]]:
    """What enters the chain for each change, and whether it is the latest of its message."""
    log = Change.objects.using(using).filter(room=room_id).order_by("seq")
    last = 0
    while step := list(log.filter(seq__gt=last).values_list("seq", "message_id", "kind")[:STEP]):
        contents = _contents(using, room_id, last, step[-1][0])
        for seq, message_id, kind in step:
            content = contents.get(seq, "")
            yield _encoder.encode([seq, message_id, kind, content]) + b"\n", bool(content)
        last = step[-1][0]


def _contents(using: str, room_id: int, after: int, up_to: int) -> dict[int, str]:
    """Digests of the messages whose latest change is in (after, up_to], by that number."""
    bounds = {"room": room_id, "seq__gt": after, "seq__lte": up_to}
    of_message = {f"message__{name}": value for name, value in bounds.items()}
    reactions = Reaction.objects.using(using).filter(**of_message).order_by("id")
    revisions = Revision.objects.using(using).filter(**of_message).order_by("seq")
    beside = _by_message(
        chain(
            reactions.values_list("message_id", "user_id", "emoji"),
            revisions.values_list("message_id", "seq", "text", "at"),
        )
    )
    rows = Message.objects.using(using).filter(**bounds).values_list("seq", *CONTENT)
    return {
        seq: hashlib.sha256(_encoder.encode([content, beside[content[0]]])).hexdigest()
        for seq, *content in rows
    }


def _by_message(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for message_id, *rest in rows:
        found[message_id].append(tuple(rest))
    return found
