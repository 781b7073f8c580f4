"""The rows that pages are made of: windows of one room's messages, each asked by a statement compiled once.

A row has the columns of its message, its author's, and whether anybody reacted: only then are reactions asked for.
"""

from functools import cache, lru_cache
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.history.statements import Statement, number
from chat.models import Message, Reaction
from chat.payloads import AuthorRow, MessageRow, message_object, reaction_objects
from chat.protocol.objects import MessageObject, ReactionObject

# How many messages of one page are asked for their reactions at once.
REACTED_AT_ONCE = 50
# One for each size of page in each direction; clients use few of them.
STATEMENTS_KEPT = 256

# Next to an id: below it, up to it, above it, from it on; or to no id at all, the newest.
Bound = Literal["newest", "before", "up to", "after", "from"]

# The last field of a row is its author.
_OF_MESSAGE = MessageRow._fields[:-1]
_COLUMNS = [*_OF_MESSAGE, *(f"author__{name}" for name in AuthorRow._fields)]
_conditions: dict[Bound, Q] = {
    "newest": Q(),
    "before": Q(id__lt=number(2)),
    "up to": Q(id__lte=number(2)),
    "after": Q(id__gt=number(2)),
    "from": Q(id__gte=number(2)),
}


def window(
    room_id: int, thread: int | None, bound: Bound, message_id: int | None, limit: int
) -> list[MessageRow]:
    """The nearest messages on that side of the id, the nearest first; of a thread, or of what is in none."""
    statement = _window(thread is not None, bound, limit)
    return [_row(columns) for columns in statement.rows(room_id, thread, message_id)]


def is_any(room_id: int, thread: int | None, bound: Bound, message_id: int) -> bool:
    return bool(_presence(thread is not None, bound).rows(room_id, thread, message_id))


def changed_since(room_id: int, since: int, limit: int) -> list[MessageRow]:
    """The messages whose latest change is above the number, the lowest first."""
    return [_row(columns) for columns in _changed(limit).rows(room_id, since)]


def objects_of(rows: list[MessageRow], slug: str) -> list[MessageObject]:
    """The messages of one room with their reactions."""
    reacted = [row.pk for row in rows if row.reacted and not row.deleted]
    reactions: dict[int, list[ReactionObject]] = {}
    for start in range(0, len(reacted), REACTED_AT_ONCE):
        ids = reacted[start : start + REACTED_AT_ONCE]
        # The same statement for any number of them: what is left over asks for the first once more.
        filled = [*ids, *ids[:1] * (REACTED_AT_ONCE - len(ids))]
        reactions |= reaction_objects(_reactions().rows(*filled))
    return [message_object(row, slug, reactions.get(row.pk, [])) for row in rows]


def _row(columns: list[Any]) -> MessageRow:
    own = len(_OF_MESSAGE)
    return MessageRow._make([*columns[:own], AuthorRow._make(columns[own:])])


@lru_cache(STATEMENTS_KEPT)
def _window(in_thread: bool, bound: Bound, limit: int) -> Statement:
    return Statement(_chosen(_side(in_thread, bound))[:limit])


@cache
def _presence(in_thread: bool, bound: Bound) -> Statement:
    """Ordered, as an exists() is not: by the order PostgreSQL finds the index."""
    return Statement(_side(in_thread, bound).values_list("pk")[:1])


@lru_cache(STATEMENTS_KEPT)
def _changed(limit: int) -> Statement:
    changed = Message.objects.filter(room=number(0), seq__gt=number(1)).order_by("seq")
    return Statement(_chosen(changed)[:limit])


@cache
def _reactions() -> Statement:
    ids = [number(place) for place in range(REACTED_AT_ONCE)]
    found = Reaction.objects.filter(message_id__in=ids).order_by("id")
    return Statement(found.values_list("message_id", "emoji", "user_id"))


def _side(in_thread: bool, bound: Bound) -> QuerySet[Message]:
    messages = Message.objects.filter(_conditions[bound], room=number(0))
    messages = messages.filter(thread=number(1)) if in_thread else messages.filter(thread=None)
    return messages.order_by("id" if bound in ("after", "from") else "-id")


def _chosen(messages: QuerySet[Message]) -> QuerySet[Any, Any]:
    reacted = Exists(Reaction.objects.filter(message=OuterRef("pk")))
    return messages.annotate(reacted=reacted).values_list(*_COLUMNS)
