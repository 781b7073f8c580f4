"""What feeds ask: how far rooms are, the hole after a number, and who may read."""

from django.db.models import F

from chat.hub import Healed, hints
from chat.models import Membership, Message, Revision, Room, User
from chat.payloads import message_objects

HEAL_PAGE = 500


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
