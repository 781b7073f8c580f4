"""Rooms as one reader sees them: lists, unread counts, members; and people by name."""

from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from chat.errors import Forbidden, NotFound
from chat.history.statements import Statement, number, text
from chat.limits import is_storable
from chat.models import Ban, Membership, Room, User
from chat.payloads import ban_object, member_object, my_room_object, user_object
from chat.permissions import is_moderating
from chat.protocol.objects import BanObject, MemberObject, RoomObject, UserObject

PEOPLE_MOST = 20
_OF_ROOM = [field.attname for field in Room._meta.concrete_fields]
_OF_MEMBERSHIP = [field.attname for field in Membership._meta.concrete_fields]


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
    reader = None if user is None else user.is_guest
    found: list[Any] = []
    if is_storable(slug):
        found = _visible_room(reader, settings.CHAT_GUESTS).rows(slug, user.pk if user else None)
    if not found:
        raise NotFound("There is no such room.", field="room")
    return Room.from_db(DEFAULT_DB_ALIAS, _OF_ROOM, found[0])


@cache
def _visible_room(is_guest: bool | None, guests: str) -> Statement:
    """What `visible_to` says of a reader of this kind (None: a passer-by) under this setting of CHAT_GUESTS."""
    assert guests == settings.CHAT_GUESTS, "compiled under the setting that it is kept by"
    kind = User.Kind.GUEST if is_guest else User.Kind.USER
    reader = None if is_guest is None else User(pk=number(1), kind=kind)
    return Statement(Room.objects.visible_to(reader).filter(slug=text(0)).values_list(*_OF_ROOM))


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
    found = _standing().rows(user.pk, room.pk) if user else []
    if not found:
        return my_room_object(room, None)
    *columns, unread, mentions = found[0]
    membership = Membership.from_db(DEFAULT_DB_ALIAS, _OF_MEMBERSHIP, columns)
    return my_room_object(room, membership, unread, mentions)


@cache
def _standing() -> Statement:
    mine = Membership.objects.filter(user=number(0), room=number(1)).with_counts()
    return Statement(mine.values_list(*_OF_MEMBERSHIP, "unread", "mentions"))


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
