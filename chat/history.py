"""What is read: pages, changes since a number, heads, room lists, unread counts. Plain synchronous queries.

Everything a person may read goes through `RoomQuerySet.visible_to`; hidden and missing rooms look the same.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.models import Count, F, Q, QuerySet

from chat.errors import Forbidden, Invalid, NotFound
from chat.hub import Healed, hints
from chat.limits import fitting_page
from chat.models import Installation, Membership, Message, Reaction, Revision, Room, User
from chat.payloads import (
    member_object,
    message_object,
    message_objects,
    my_room_object,
    reaction_objects,
    revision_object,
    user_object,
)
from chat.permissions import can_see_revisions
from chat.protocol.objects import (
    MemberObject,
    MessageObject,
    PageObject,
    RevisionObject,
    RoomObject,
    UserObject,
)

# The newest page of a room, and the sizes that the protocol names.
NEWEST_PAGE = 50
SYNC_PAGE = 200
PAGE_MOST = 100
# Further behind than this, a fresh page is cheaper for both sides than the changes.
SYNC_REACH = 2_000
HEAL_PAGE = 500
PEOPLE_MOST = 20


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
    cards: list[dict[str, Any]] = []


class MemberPage(msgspec.Struct):
    """Members, ascending by user id."""

    members: list[MemberObject]
    more: bool


def epoch() -> str:
    """The name of this installation's history."""
    return Installation.objects.values_list("epoch", flat=True).get()


def visible_room(user: User | None, slug: str) -> Room:
    """The room with this slug if this person may read it; raises NotFound alike for hidden and missing."""
    room = Room.objects.visible_to(user).with_slug(slug).first()
    if room is None:
        raise NotFound("There is no such room.", field="room")
    return room


def room_exists(slug: str) -> bool:
    """Whether the slug is taken, seen or not. Nobody is told this directly."""
    return Room.objects.with_slug(slug).exists()


def membership_of(user: User | None, room: Room) -> Membership | None:
    if user is None:
        return None
    return Membership.objects.filter(user=user, room=room).first()


def room_for(user: User | None, slug: str) -> RoomObject:
    """The room with `me`."""
    room = visible_room(user, slug)
    membership = membership_of(user, room)
    return my_room_object(room, membership, _unread([membership]).get(room.pk, 0) if membership else 0)


def rooms_for(user: User | None) -> list[RoomObject]:
    """My rooms with their counts, then the ones I may read or join, each by name."""
    rooms = list(Room.objects.visible_to(user).order_by("name", "pk"))
    memberships = {found.room_id: found for found in Membership.objects.filter(user=user)} if user else {}
    unread = _unread(list(memberships.values()))
    rooms.sort(key=lambda room: room.pk not in memberships)
    return [my_room_object(room, memberships.get(room.pk), unread.get(room.pk, 0)) for room in rooms]


def snapshot(user: User | None, slug: str, since: int | None, known_epoch: str | None) -> Snapshot:
    """What a subscriber gets. The caller has joined the room's feed before."""
    page = sync(user, slug, since, known_epoch)
    return Snapshot(room_for(user, slug), page)


def sync(user: User | None, slug: str, since: int | None, known_epoch: str | None) -> PageObject:
    """The lowest changes above `since`, or the newest page where these cannot be told (protocol, section 1)."""
    room = visible_room(user, slug)
    head = room.seq
    same_history = known_epoch is None or known_epoch == epoch()
    if since is None or since > head or not same_history:
        return _newest(room)
    changed = list(
        Message.objects.filter(room=room, seq__gt=since)
        .select_related("author")
        .order_by("seq")[: SYNC_PAGE + 1]
    )
    fitting = changed[
        : fitting_page(len(message.text) + len(message.html) for message in changed[:SYNC_PAGE])
    ]
    more = len(changed) > len(fitting)
    if more and Message.objects.filter(room=room, seq__gt=since)[SYNC_REACH : SYNC_REACH + 1].exists():
        return _newest(room)
    messages = message_objects(sorted(fitting, key=lambda message: message.pk), room.slug)
    return PageObject(fitting[-1].seq if fitting else since, messages, more, False)


def _newest(room: Room) -> PageObject:
    """The newest page. The head is read before the rows: what comes in between is merely sent twice."""
    newest = Message.objects.filter(room=room).select_related("author").order_by("-id")[:NEWEST_PAGE]
    messages = message_objects(list(newest)[::-1], room.slug)
    return PageObject(room.seq, messages, False, True)


def page(
    user: User | None,
    slug: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = NEWEST_PAGE,
) -> HistoryPage:
    """Messages next to an id, ascending; without one, the newest. `around` includes the message itself."""
    if sum(bound is not None for bound in (before, after, around)) > 1:
        raise Invalid("Give one of before, after and around.", field="before")
    if not 1 <= limit <= PAGE_MOST:
        raise Invalid(f"limit must be from 1 to {PAGE_MOST}.", field="limit")
    room = visible_room(user, slug)
    everything = Message.objects.filter(room=room).select_related("author")
    if around is not None:
        half = limit // 2
        older, has_older = _slice(everything.filter(id__lte=around).order_by("-id"), limit - half)
        newer, has_newer = _slice(everything.filter(id__gt=around).order_by("id"), half)
        found = older[::-1] + newer
    elif after is not None:
        found, has_newer = _slice(everything.filter(id__gt=after).order_by("id"), limit)
        has_older = everything.filter(id__lte=after).exists()
    else:
        bound = everything if before is None else everything.filter(id__lt=before)
        found, has_older = _slice(bound.order_by("-id"), limit)
        has_newer = before is not None and everything.filter(id__gte=before).exists()
        found.reverse()
    return HistoryPage(message_objects(found, room.slug), room.seq, has_older, has_newer)


def _slice(messages: QuerySet[Message], limit: int) -> tuple[list[Message], bool]:
    """The first `limit`, and whether there are more."""
    found = list(messages[: limit + 1])
    return found[:limit], len(found) > limit


def messages_by_id(user: User | None, ids: Sequence[int]) -> list[MessageObject]:
    """Those of the messages that this person may read, ascending by id; the others are left out."""
    found = list(
        Message.objects.filter(pk__in=ids, room__in=Room.objects.visible_to(user))
        .select_related("author", "room")
        .order_by("id")
    )
    reactions = reaction_objects(Reaction.objects.filter(message__in=[m for m in found if not m.deleted]))
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


def members_of(user: User | None, slug: str, after: int, limit: int) -> MemberPage:
    """The members of a room above a user id."""
    members = Membership.objects.filter(room=visible_room(user, slug), user__gt=after)
    found = list(members.select_related("user").order_by("user")[: limit + 1])
    return MemberPage([member_object(membership) for membership in found[:limit]], len(found) > limit)


def people_named(part: str) -> list[UserObject]:
    """People with an account whose name, shown or to sign in, holds the part; by name."""
    people = User.objects.filter(is_active=True, kind__in=[User.Kind.USER, User.Kind.BOT])
    named = people.filter(Q(name__icontains=part) | Q(username__icontains=part))
    return [user_object(user) for user in named.order_by("name", "username")[:PEOPLE_MOST]]


def head(room_id: int) -> int:
    return Room.objects.values_list("seq", flat=True).get(pk=room_id)


def heads(room_ids: list[int]) -> dict[int, int]:
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "seq"))


def may_read(room_id: int, user_ids: set[int | None]) -> set[int | None]:
    """Which of these people (None: passers-by) may read the room now."""
    people = list(User.objects.filter(pk__in=[user_id for user_id in user_ids if user_id is not None]))
    room = Room.objects.filter(pk=room_id)
    allowed: set[int | None] = set()
    by_rights: dict[bool, bool] = {}
    members = set(Membership.objects.filter(room_id=room_id).values_list("user_id", flat=True))
    for person in people:
        if person.pk in members and person.is_active:
            allowed.add(person.pk)
            continue
        # Without a membership only guest or not matters, so two queries answer for everybody.
        if person.is_guest not in by_rights:
            by_rights[person.is_guest] = room.visible_to(person).exists()
        if by_rights[person.is_guest] and person.is_active:
            allowed.add(person.pk)
    if None in user_ids and room.visible_to(None).exists():
        allowed.add(None)
    return allowed


def changes_since(room_id: int, since: int) -> Healed:
    """The hole after `since` as hints, lowest first, and the texts made in it for the plain dialect.

    One statement reads the rows, so the highest number in them is the room's head at that moment.
    """
    changed = list(
        Message.objects.filter(room_id=room_id, seq__gt=since)
        .select_related("author", "room")
        .order_by("seq")[: HEAL_PAGE + 1]
    )
    more, changed = len(changed) > HEAL_PAGE, changed[:HEAL_PAGE]
    if not changed:
        return Healed([], [], False)
    by_seq = message_objects(changed, changed[0].room.slug)
    starts = [since, *(message.seq for message in by_seq[:-1])]
    healed = [hints.hint_of(room_id, message, prev) for message, prev in zip(by_seq, starts, strict=True)]
    return Healed(healed, _texts_made(room_id, since, changed[-1].seq), more)


def _texts_made(room_id: int, since: int, up_to: int) -> list[str]:
    """Plain frames of the texts made in (since, up_to], ascending by id, as they were sent."""
    made = Message.objects.filter(
        room_id=room_id, first_seq__gt=since, first_seq__lte=up_to, kind=Message.Kind.TEXT, deleted=False
    ).order_by("id")
    first_texts = dict(
        Revision.objects.filter(message__in=made, seq=F("message__first_seq")).values_list(
            "message_id", "text"
        )
    )
    return [hints.plain_frame(first_texts.get(message.pk, message.text)) for message in made]


def _unread(memberships: Sequence[Membership]) -> dict[int, int]:
    """Unread texts of others by room id, for memberships of one person."""
    if not memberships:
        return {}
    # Both in one condition: each filter() over memberships would join them once more.
    mine = Q(room__memberships__in=[membership.pk for membership in memberships])
    unread = mine & Q(id__gt=F("room__memberships__read_id"))
    counts = (
        Message.objects.filter(unread, kind=Message.Kind.TEXT, deleted=False)
        .exclude(author_id=memberships[0].user_id)
        .values_list("room_id")
        .annotate(count=Count("id"))
    )
    return dict(counts.order_by())
