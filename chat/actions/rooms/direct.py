"""Direct rooms: the same people always find the same one, and nobody else ever belongs to it."""

import hashlib
from collections.abc import Iterable

from django.db import transaction

from chat.actions.rooms.members import admit, make_first_members
from chat.actions.rooms.people import first_members
from chat.actions.rooms.slugs import random_slug
from chat.actions.rooms.words import check_name, check_topic
from chat.errors import Forbidden, Invalid
from chat.models import Membership, Room, User
from chat.permissions import can_create_room


def open_direct_room(user: User, name: str, members: list[int], *, topic: str = "") -> tuple[Room, bool]:
    """The direct room of `user` and the people with these ids, and whether it was made just now.

    A room that is there already keeps its name and topic; whoever left it belongs to it again.
    """
    if not can_create_room(user):
        raise Forbidden("Guests cannot make rooms.")
    check_name(name)
    check_topic(topic)
    with transaction.atomic():
        others = first_members(user, members)
        if not others:
            raise Invalid("A direct room needs somebody to talk to.", field="members")
        fresh = {"slug": random_slug(), "name": name.strip(), "topic": topic, "kind": Room.Kind.DIRECT}
        # Of two people who ask at once, the key lets one make the room; the other finds it.
        rooms = Room.objects.select_for_update()
        room, made = rooms.get_or_create(direct_key=_key([user, *others]), defaults=fresh)
        if made:
            _fill(room, user, others)
        else:
            _bring_back(room, user, others)
    return room, made


def _fill(room: Room, user: User, others: list[User]) -> None:
    make_first_members(room, user, others)
    room.member_count = 1 + len(others)
    room.save(update_fields=["member_count"])


def _bring_back(room: Room, user: User, others: list[User]) -> None:
    there = set(Membership.objects.filter(room=room).values_list("user_id", flat=True))
    admit(room, [person for person in (user, *others) if person.pk not in there], by=user)


def _key(people: Iterable[User]) -> str:
    """The same for the same people, in whatever order they are named."""
    ids = ",".join(str(pk) for pk in sorted(person.pk for person in people))
    return hashlib.sha256(ids.encode()).hexdigest()
