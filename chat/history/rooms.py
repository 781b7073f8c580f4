"""Rooms as one reader sees them: lists, unread counts, members; and people by name."""

from typing import Any

import msgspec
from django.db.models import Q

from chat.errors import Forbidden, NotFound
from chat.models import Ban, Membership, Room, User
from chat.payloads import ban_object, member_object, my_room_object, user_object
from chat.permissions import is_moderating
from chat.protocol.objects import BanObject, MemberObject, RoomObject, UserObject

PEOPLE_MOST = 20


class MemberPage(msgspec.Struct):
    """Members, ascending by user id."""

    members: list[MemberObject]
    more: bool


class BanPage(msgspec.Struct):
    """Those who are kept out, ascending by user id."""

    bans: list[BanObject]
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
    membership = Membership.objects.filter(user=user, room=room).with_counts().first() if user else None
    return _with_me(room, membership)


def rooms_for(user: User | None) -> list[RoomObject]:
    """My rooms with their counts, then the ones I may read or join, each by name."""
    rooms = list(Room.objects.visible_to(user).order_by("name", "pk"))
    mine = Membership.objects.filter(user=user).with_counts() if user else []
    memberships = {membership.room_id: membership for membership in mine}
    rooms.sort(key=lambda room: room.pk not in memberships)
    return [_with_me(room, memberships.get(room.pk)) for room in rooms]


def members_of(user: User | None, slug: str, after: int, limit: int) -> MemberPage:
    """The members of a room above a user id."""
    members = Membership.objects.filter(room=visible_room(user, slug), user__gt=after)
    found = list(members.select_related("user").order_by("user")[: limit + 1])
    known = user is not None and not user.is_guest
    listed = [member_object(membership, to_member=known) for membership in found[:limit]]
    return MemberPage(listed, len(found) > limit)


def bans_of(user: User, slug: str, after: int, limit: int) -> BanPage:
    """The bans of a room above a user id, for those who moderate it; raises Forbidden for others."""
    room = visible_room(user, slug)
    if not is_moderating(membership_of(user, room)):
        raise Forbidden("Only moderators and owners see who is kept out of a room.", field="room")
    found = list(
        Ban.objects.filter(room=room, user__gt=after)
        .select_related("user", "by")
        .order_by("user")[: limit + 1]
    )
    return BanPage([ban_object(ban) for ban in found[:limit]], len(found) > limit)


def people_named(part: str) -> list[UserObject]:
    """People with an account whose name, shown or to sign in, holds the part; by name."""
    people = User.objects.filter(is_active=True, kind__in=[User.Kind.USER, User.Kind.BOT])
    named = people.filter(Q(name__icontains=part) | Q(username__icontains=part))
    return [user_object(user) for user in named.order_by("name", "username")[:PEOPLE_MOST]]


def _with_me(room: Room, mine: Any) -> RoomObject:
    """From a membership with its counts, if there is one."""
    return my_room_object(room, mine, mine.unread, mine.mentions) if mine else my_room_object(room, None)
