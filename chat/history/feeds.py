"""What feeds ask: how far rooms are, the hole after a number, and who may read."""

from django.db.models import F

from chat.hub import Healed, hints
from chat.models import Ban, Change, Membership, Message, Revision, Room, User
from chat.payloads import message_objects
from chat.permissions import can_see

HEAL_PAGE = 500


def rooms_of(user_ids: set[int]) -> dict[int, dict[int, int]]:
    """How far each of these people has read, by the ids of the rooms that they belong to."""
    found: dict[int, dict[int, int]] = {user_id: {} for user_id in user_ids}
    mine = Membership.objects.filter(user__in=user_ids)
    for user_id, room_id, read_id in mine.values_list("user_id", "room_id", "read_id"):
        found[user_id][room_id] = read_id
    return found


def head(room_id: int) -> int:
    return Room.objects.values_list("seq", flat=True).get(pk=room_id)


def heads(room_ids: list[int]) -> dict[int, int]:
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "seq"))


def may_read(room_id: int, user_ids: set[int | None]) -> set[int | None]:
    """Which of these people (None: passers-by) may read the room now."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return set()
    people = User.objects.filter(
        pk__in=[user_id for user_id in user_ids if user_id is not None], is_active=True
    )
    banned = set(Ban.objects.filter(room=room).values_list("user_id", flat=True))
    members = {found.user_id: found for found in Membership.objects.filter(room=room, user__in=people)}
    allowed: set[int | None] = {
        person.pk
        for person in people
        if can_see(person, room, members.get(person.pk), banned=person.pk in banned)
    }
    if None in user_ids and can_see(None, room, None):
        allowed.add(None)
    return allowed


def put_out_after(room_id: int, seq: int, user_ids: set[int | None]) -> set[int | None]:
    """Those of these people, who may not read the room any more, whom a change above the number may have put out."""
    later = Message.objects.filter(room_id=room_id, seq__gt=seq, kind=Message.Kind.SYSTEM)
    events = [event for event in later.values_list("event", flat=True) if event is not None]
    if any(event["name"] == hints.KIND_CHANGED for event in events):
        return user_ids
    return user_ids & {event["user"]["id"] for event in events if event["name"] in hints.EXPELLING}


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
    created = Change.objects.filter(room_id=room_id, seq__gt=since, seq__lte=up_to, kind=Change.Kind.CREATE)
    made = Message.objects.filter(
        pk__in=created.values("message_id"), kind=Message.Kind.TEXT, deleted=False, thread=None
    ).order_by("id")
    first_texts = dict(
        Revision.objects.filter(message__in=made, seq=F("message__first_seq")).values_list(
            "message_id", "text"
        )
    )
    return [hints.plain_frame(first_texts.get(message.pk, message.text)) for message in made]
