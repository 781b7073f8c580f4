"""Making rooms: with their first members, or on demand. A new room starts at seq 0."""

from django.db import IntegrityError, transaction

from chat.actions.rooms.direct import open_direct_room
from chat.actions.rooms.members import make_first_members
from chat.actions.rooms.people import first_members
from chat.actions.rooms.slugs import check_slug, chosen_slug, normal_slug
from chat.actions.rooms.words import check_name, check_topic
from chat.errors import Conflict, Forbidden, Invalid
from chat.models import Room, User
from chat.permissions import can_create_room


def create_room(
    user: User,
    name: str,
    kind: str,
    *,
    slug: str | None = None,
    topic: str = "",
    members: list[int] | None = None,
) -> Room:
    """Make a room owned by `user`; `members` are the ids of those who belong to it from the start.

    Of a direct room there is one for the same people, which is then the one that is returned.
    """
    if not can_create_room(user):
        raise Forbidden("Guests cannot make rooms.")
    check_name(name)
    check_topic(topic)
    if kind not in Room.Kind.values:
        raise Invalid("kind is one of public, open, private and direct.", field="kind")
    chosen = chosen_slug(name, kind, slug)
    if kind == Room.Kind.DIRECT:
        return open_direct_room(user, name, members or [], topic=topic)[0]
    with transaction.atomic():
        invited = first_members(user, members or [])
        room = Room(slug=chosen, name=name.strip(), kind=kind, topic=topic, member_count=1 + len(invited))
        _insert(room)
        make_first_members(room, user, invited)
    return room


def room_on_demand(slug: str) -> Room:
    """The public room with this slug, made if there is none: without an owner, at seq 0."""
    slug = normal_slug(slug)
    check_slug(slug)
    room, _ = Room.objects.get_or_create(slug=slug, defaults={"name": slug, "kind": Room.Kind.PUBLIC})
    return room


def _insert(room: Room) -> None:
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError:
        raise Conflict("This address is taken.", field="slug") from None
