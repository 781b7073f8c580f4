"""Rooms as one reader sees them: lists, unread counts, members; and people by name."""

from collections.abc import Sequence

import msgspec
from django.db.models import Count, F, Q

from chat.errors import NotFound
from chat.models import Membership, Message, Room, User
from chat.payloads import member_object, my_room_object, user_object
from chat.protocol.objects import MemberObject, RoomObject, UserObject

PEOPLE_MOST = 20


class MemberPage(msgspec.Struct):
    """Members, ascending by user id."""

    members: list[MemberObject]
    more: bool


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
