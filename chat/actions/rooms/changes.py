"""What a room is: its name, topic and kind, and whether it is archived. Each change is a system message."""

from django.db import transaction
from django.utils import timezone

from chat.actions.audit import record
from chat.actions.log import check_not_archived, lock_room, membership_in, post_system_message
from chat.actions.rooms.words import check_name, check_topic
from chat.broadcast import publish_room
from chat.errors import Forbidden, Invalid
from chat.models import Room, User
from chat.permissions import can_archive, can_rename, is_owning

# The kind comes first: whoever it puts out does not hear of the others.
EVENTS = {"kind": "kind_changed", "name": "room_renamed", "topic": "topic_changed"}


def change_room(
    user: User,
    slug: str,
    *,
    name: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
    as_operator: bool = False,
) -> Room:
    """Change what is given; what is so already changes nothing. Moderators rename, owners change the kind.

    With another kind, the open subscriptions of those who lose the right to read end in every process.
    """
    wanted = _checked(name, topic, kind)
    with transaction.atomic():
        room = lock_room(user, slug, as_operator=as_operator)
        if not as_operator:
            _check_rights(user, room, kind)
        check_not_archived(room)
        if kind is not None and kind != room.kind:
            _check_kind(room, kind)
        _change(
            room, {field: value for field, value in wanted.items() if value != getattr(room, field)}, user
        )
    return room


def archive_room(user: User, slug: str, on: bool, *, as_operator: bool = False) -> Room:
    """Archive or reopen: the room can be read, not changed. What is so already changes nothing."""
    with transaction.atomic():
        room = lock_room(user, slug, as_operator=as_operator)
        if not as_operator and not can_archive(room, membership_in(room, user)):
            raise Forbidden("Only an owner archives a room.", field="room")
        if room.archived != on:
            event = "archived" if on else "unarchived"
            room.archived_at = timezone.now() if on else None
            room.save(update_fields=["archived_at"])
            post_system_message(room, event, user, user)
            record(user, event, room)
            publish_room(room)
    return room


def _checked(name: str | None, topic: str | None, kind: str | None) -> dict[str, str]:
    """What is wanted, by field, in the form in which it is kept and in the order in which it is written."""
    wanted: dict[str, str | None] = {"kind": kind, "name": name, "topic": topic}
    if kind is not None and kind not in Room.Kind.values:
        raise Invalid("kind is one of public, open and private.", field="kind")
    if name is not None:
        check_name(name)
        wanted["name"] = name.strip()
    if topic is not None:
        check_topic(topic)
    return {field: value for field, value in wanted.items() if value is not None}


def _check_rights(user: User, room: Room, kind: str | None) -> None:
    membership = membership_in(room, user)
    if not can_rename(room, membership):
        raise Forbidden("Only moderators and owners change a room.", field="room")
    if kind is not None and not is_owning(membership):
        raise Forbidden("Only an owner changes who may see a room.", field="kind")


def _check_kind(room: Room, kind: str) -> None:
    if room.kind == Room.Kind.DIRECT:
        raise Forbidden("A direct room stays one; make another room instead.", field="kind")
    if kind == Room.Kind.DIRECT:
        raise Invalid("No room becomes a direct one; make that with the people you want.", field="kind")


def _change(room: Room, values: dict[str, str], by: User) -> None:
    if not values:
        return
    before = {field: getattr(room, field) for field in values}
    for field, value in values.items():
        setattr(room, field, value)
    room.save(update_fields=list(values))
    for field, value in values.items():
        post_system_message(room, EVENTS[field], by, by, {"from": before[field], "to": value})
        # What people wrote has no place in a trail that nobody can clear.
        details = {"from": before[field], "to": value} if field == "kind" else {}
        record(by, EVENTS[field], room, **details)
    publish_room(room)
