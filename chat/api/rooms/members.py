"""The members of a room over HTTP: listed, joined, left, added, removed; and what one's own membership wants."""

from typing import Annotated, Literal

import msgspec

from chat import database, history
from chat.actions.rooms import MEMBERS_AT_ONCE, add_members, join_room, leave_room, remove_member, set_notify
from chat.api.admission import Access, Call
from chat.api.resource import operation
from chat.api.rooms.addresses import Person, PersonId, person_in, slug_in_path
from chat.errors import Invalid
from chat.limits import take
from chat.models import User
from chat.payloads import my_room_object
from chat.protocol.commands import Seq
from chat.protocol.objects import RoomObject


class MembersQuery(msgspec.Struct):
    """The members above the user id `after`."""

    after: Seq = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=history.PAGE_MOST)] = history.PAGE_MOST


class NewMembers(msgspec.Struct):
    """Either one person by `user_id` or several by `members`; with `role` they have it then."""

    user_id: PersonId | None = None
    members: Annotated[list[PersonId], msgspec.Meta(max_length=MEMBERS_AT_ONCE)] | None = None
    role: Literal["owner", "moderator", "member"] | None = None


class MyMembership(msgspec.Struct):
    """Of which messages one wants to be told."""

    notify: Literal["all", "mentions", "none"]


@operation("GET", Access.READER)
async def list_members(call: Call, slug: str, query: MembersQuery) -> history.MemberPage:
    """The members of a room, ascending by user id."""
    slug = slug_in_path(slug)
    return await database.call(history.members_of, call.user, slug, query.after, query.limit)


@operation("POST", bucket="membership")
async def join(call: Call, slug: str) -> RoomObject:
    """Become a member of a public or open room; who is one already stays one."""
    return await database.write(_join, call.person, slug_in_path(slug))


def _join(user: User, slug: str) -> RoomObject:
    join_room(user, slug)
    return history.room_for(user, slug)


@operation("POST", bucket="membership")
async def leave(call: Call, slug: str) -> RoomObject:
    """Give up one's membership; open subscriptions end. The last owner stays, unless the room is archived or direct."""
    room = await database.write(leave_room, call.person, slug_in_path(slug))
    return my_room_object(room, None)


@operation("POST")
async def add_to_members(call: Call, slug: str, body: NewMembers) -> RoomObject:
    """Add people, or change the role of members.

    Members add people to public and open rooms, moderators and owners to private ones; owners give roles. All of the
    people are added, or none. Nobody is added to a direct room.
    """
    if (body.user_id is None) == (not body.members):
        raise Invalid("Name one person by user_id, or several by members.", field="user_id")
    user_ids = [body.user_id] if body.user_id is not None else body.members or []
    # Each of them is a message to the room, so each is paid for.
    for _ in user_ids:
        take("membership", call.person.pk)
    return await database.write(_add, call.person, slug_in_path(slug), user_ids, body.role)


def _add(user: User, slug: str, user_ids: list[int], role: str | None) -> RoomObject:
    add_members(user, slug, user_ids, role=role)
    return history.room_for(user, slug)


@operation("DELETE", bucket="membership")
async def remove_from_members(call: Call, slug: str, query: Person, body: Person) -> RoomObject:
    """Remove a member, or leave; `user_id` stands in the query or in the body.

    Moderators remove members, owners anybody. Nobody is removed from a direct room.
    """
    return await database.write(_remove, call.person, slug_in_path(slug), person_in(query, body))


def _remove(user: User, slug: str, user_id: int) -> RoomObject:
    room = remove_member(user, slug, user_id)
    return my_room_object(room, None) if user_id == user.pk else history.room_for(user, slug)


@operation("PATCH")
async def change_membership(call: Call, slug: str, body: MyMembership) -> RoomObject:
    """Say of which messages of this room one wants to be told."""
    return await database.write(_set_notify, call.person, slug_in_path(slug), body.notify)


def _set_notify(user: User, slug: str, level: str) -> RoomObject:
    set_notify(user, slug, level)
    return history.room_for(user, slug)
