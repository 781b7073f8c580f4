"""Messages as one reader sees them: pages of history, changes since a number, single ones, revisions."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
from django.db.models import QuerySet

from chat.errors import Forbidden, Invalid, NotFound, Unavailable
from chat.history import rows
from chat.history.cards import bodies_for
from chat.history.rooms import room_for, visible_room
from chat.limits import fitting_page
from chat.models import Installation, Message, Revision, Room, User
from chat.payloads import (
    MessageRow,
    message_object,
    message_objects,
    reaction_objects,
    reaction_rows,
    revision_object,
)
from chat.permissions import can_see_revisions
from chat.protocol.objects import CardObject, MessageObject, PageObject, RevisionObject, RoomObject

P = ParamSpec("P")
T = TypeVar("T")

# The newest page of a room, and the sizes that the protocol names.
NEWEST_PAGE = 50
SYNC_PAGE = 200
PAGE_MOST = 100
# Further behind than this, a fresh page is cheaper for both sides than the changes.
SYNC_REACH = 2_000
# What a card's body adds to a page at most, about: what it is made of is cut to size.
CARD_BYTES = 2_000

_encode = msgspec.json.Encoder().encode


class Snapshot(msgspec.Struct):
    """A room as one reader sees it, and the page that makes them complete to `page.seq`."""

    room: RoomObject
    page: PageObject


class HistoryPage(msgspec.Struct):
    """A window of messages, ascending by id."""

    messages: list[MessageObject]
    seq: int
    has_older: bool
    has_newer: bool
    cards: list[CardObject] = []


def epoch() -> str:
    """The name of this installation's history; raises Unavailable where a restore did not finish."""
    found = Installation.objects.values_list("epoch", flat=True).first()
    if found is None:
        raise Unavailable("A restore is under way here, or did not finish.", retry_after=5)
    return found


def snapshot(user: User | None, slug: str, since: int | None, known_epoch: str | None) -> Snapshot:
    """What a subscriber gets. The caller has joined the room's feed before."""
    page = sync(user, slug, since, known_epoch)
    return Snapshot(room_for(user, slug), page)


def _seen_to_the_end(
    read: Callable[Concatenate[User | None, str, P], T],
) -> Callable[Concatenate[User | None, str, P], T]:
    """Ask for the right again behind the rows: whoever lost the room meanwhile must not get what came after."""

    @wraps(read)
    def looking_twice(user: User | None, slug: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        found = read(user, slug, *args, **kwargs)
        visible_room(user, slug)
        return found

    return looking_twice


@_seen_to_the_end
def sync(user: User | None, slug: str, since: int | None, known_epoch: str | None) -> PageObject:
    """The lowest changes above `since`, or the newest page where these cannot be told (protocol, section 1)."""
    room = visible_room(user, slug)
    head = room.seq
    same_history = known_epoch is None or known_epoch == epoch()
    if since is None or since > head or not same_history:
        return _newest(user, room)
    changed = rows.changed_since(room.pk, since, SYNC_PAGE + 1)
    fitting = _fitting(changed[:SYNC_PAGE])
    more = len(changed) > len(fitting)
    if more and _is_out_of_reach(room, since):
        return _newest(user, room)
    messages = rows.objects_of(sorted(fitting, key=lambda message: message.pk), room.slug)
    seq = fitting[-1].seq if fitting else since
    return PageObject(seq, messages, more, False, bodies_for(user, messages))


def _fitting(found: list[MessageRow]) -> list[MessageRow]:
    """As many of them, from the first on, as make one page."""
    return found[: fitting_page(map(_size, found))]


def _size(message: MessageRow) -> int:
    """The bytes that it takes on the wire, without the fields that are always short."""
    return len(_encode(message.text)) + len(_encode(message.html)) + CARD_BYTES * len(message.cards or ())


def _is_out_of_reach(room: Room, since: int) -> bool:
    """Whether more than SYNC_REACH messages changed."""
    return _any(Message.objects.filter(room=room, seq__gt=since).order_by("seq")[SYNC_REACH:])


def _any(ordered: QuerySet[Message]) -> bool:
    """Whether there is one. Unlike in exists(), the order stays: by it PostgreSQL finds an index."""
    return bool(ordered.values_list("pk")[:1])


def _newest(user: User | None, room: Room) -> PageObject:
    """The newest page. The head is read before the rows: what comes in between is merely sent twice."""
    newest, has_older = _slice(room.pk, None, "newest", None, NEWEST_PAGE)
    messages = rows.objects_of(newest[::-1], room.slug)
    return PageObject(room.seq, messages, False, True, bodies_for(user, messages), has_older)


def mainline(room: Room) -> QuerySet[Message]:
    """The room's messages without the replies in threads."""
    return Message.objects.filter(room=room, thread=None)


@_seen_to_the_end
def page(
    user: User | None,
    slug: str,
    *,
    thread: int | None = None,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = NEWEST_PAGE,
) -> HistoryPage:
    """Messages next to an id, ascending; without one, the newest. `around` includes the message itself.
    With `thread` the replies to that root, else what is in no thread. Their cards' bodies are left to the caller.
    """
    if sum(bound is not None for bound in (before, after, around)) > 1:
        raise Invalid("Give one of before, after and around.", field="before")
    if not 1 <= limit <= PAGE_MOST:
        raise Invalid(f"limit must be from 1 to {PAGE_MOST}.", field="limit")
    room = visible_room(user, slug)
    if thread is not None:
        _check_root(room, thread)
    if around is not None:
        found, has_older, has_newer = _around(room.pk, thread, around, limit)
    elif after is not None:
        found, has_newer = _slice(room.pk, thread, "after", after, limit)
        has_older = rows.is_any(room.pk, thread, "up to", after)
    else:
        found, has_older = _slice(room.pk, thread, "newest" if before is None else "before", before, limit)
        has_newer = before is not None and rows.is_any(room.pk, thread, "from", before)
    found.sort(key=lambda row: row.pk)
    return HistoryPage(rows.objects_of(found, room.slug), room.seq, has_older, has_newer)


def _around(
    room_id: int, thread: int | None, message_id: int, limit: int
) -> tuple[list[MessageRow], bool, bool]:
    half = limit // 2
    older, has_older = _slice(room_id, thread, "up to", message_id, limit - half)
    newer, has_newer = _slice(room_id, thread, "after", message_id, half)
    return older + newer, has_older, has_newer


def _slice(
    room_id: int, thread: int | None, bound: rows.Bound, message_id: int | None, limit: int
) -> tuple[list[MessageRow], bool]:
    """The first `limit`, or as many as fit, and whether there are more."""
    found = rows.window(room_id, thread, bound, message_id, limit + 1)
    fitting = _fitting(found[:limit])
    return fitting, len(found) > len(fitting)


def _check_root(room: Room, root_id: int) -> None:
    if not mainline(room).filter(pk=root_id).exists():
        raise NotFound("There is no such message in this room.", field="thread")


@_seen_to_the_end
def pinned(user: User | None, slug: str) -> list[MessageObject]:
    """The pinned messages of a room, ascending by id."""
    room = visible_room(user, slug)
    found = Message.objects.filter(room=room, pinned=True).select_related("author").order_by("id")
    return message_objects(list(found), room.slug)


def messages_by_id(user: User | None, ids: Sequence[int]) -> list[MessageObject]:
    """Those of the messages that this person may read, ascending by id; the others are left out."""
    found = list(
        Message.objects.filter(pk__in=ids, room__in=Room.objects.visible_to(user))
        .select_related("author", "room")
        .order_by("id")
    )
    reactions = reaction_objects(reaction_rows([message.pk for message in found if not message.deleted]))
    return [message_object(message, message.room.slug, reactions.get(message.pk, [])) for message in found]


def message_for(user: User | None, message_id: int) -> MessageObject:
    """One message; raises NotFound alike for hidden and missing."""
    found = messages_by_id(user, [message_id])
    if not found:
        raise NotFound("There is no such message.", field="message_id")
    return found[0]


def revisions_of(user: User, message_id: int) -> list[RevisionObject]:
    """The earlier texts of a message, oldest first; raises NotFound, or Forbidden for who may not see them."""
    visible = Message.objects.filter(pk=message_id, room__in=Room.objects.visible_to(user))
    message = visible.first()
    if message is None:
        raise NotFound("There is no such message.", field="message_id")
    if not can_see_revisions(user, message):
        raise Forbidden("Only its author and staff see what a message said before.", field="message_id")
    return [revision_object(found) for found in Revision.objects.filter(message=message).order_by("seq")]
