"""Rooms over HTTP: listed, made, read, joined, left, archived; their members."""

from typing import Annotated, Literal

import msgspec

from chat import database, history
from chat.actions.memberships import join_room, leave_room
from chat.actions.rooms import archive_room, check_slug, create_room, normal_slug
from chat.api.admission import Access, Call
from chat.api.resource import Created, operation
from chat.errors import ChatError, NotFound
from chat.models import User
from chat.payloads import my_room_object
from chat.protocol.commands import LARGEST_ID, Seq
from chat.protocol.objects import RoomObject

PersonId = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class RoomList(msgspec.Struct):
    """My rooms with their counts, then the ones I may read or join, each by name."""

    rooms: list[RoomObject]


class NewRoom(msgspec.Struct):
    """Public and open rooms may choose their slug; `members` are the ids of those who belong to it at once."""

    name: str
    kind: Literal["public", "open", "private", "direct"]
    slug: str | None = None
    topic: str | None = None
    members: list[PersonId] | None = None


class Archiving(msgspec.Struct):
    """`on: false` opens the room again."""

    on: bool | None = None


class MembersQuery(msgspec.Struct):
    """The members above the user id `after`."""

    after: Seq = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=history.PAGE_MOST)] = history.PAGE_MOST


@operation("GET", Access.READER)
async def list_rooms(call: Call) -> RoomList:
    """My rooms with their unread counts, then the ones I may read or join."""
    return RoomList(await database.call(history.rooms_for, call.user))


@operation("POST", bucket="room")
async def make_room(call: Call, body: NewRoom) -> Created[RoomObject]:
    """Make a room of one's own. A private or direct room gets its slug from the server."""
    return Created(await database.write(_make, call.person, body))


def _make(user: User, body: NewRoom) -> RoomObject:
    room = create_room(
        user, body.name, body.kind, slug=body.slug, topic=body.topic or "", members=body.members
    )
    return history.room_for(user, room.slug)


@operation("GET", Access.READER)
async def read_room(call: Call, slug: str) -> RoomObject:
    """One room, and with `me` what it is to the reader."""
    return await database.call(history.room_for, call.user, slug_in_path(slug))


@operation("POST")
async def join(call: Call, slug: str) -> RoomObject:
    """Become a member of a public or open room; who is one already stays one."""
    return await database.write(_join, call.person, slug_in_path(slug))


def _join(user: User, slug: str) -> RoomObject:
    join_room(user, slug)
    return history.room_for(user, slug)


@operation("POST")
async def leave(call: Call, slug: str) -> RoomObject:
    """Give up one's membership; open subscriptions that depend on it end. The last owner cannot leave others alone."""
    room = await database.write(leave_room, call.person, slug_in_path(slug))
    return my_room_object(room, None)


@operation("POST")
async def archive(call: Call, slug: str, body: Archiving) -> RoomObject:
    """Archive the room, or open it again: owners only. An archived room is read, not written in."""
    return await database.write(_archive, call.person, slug_in_path(slug), body.on is not False)


def _archive(user: User, slug: str, on: bool) -> RoomObject:
    archive_room(user, slug, on)
    return history.room_for(user, slug)


@operation("GET", Access.READER)
async def list_members(call: Call, slug: str, query: MembersQuery) -> history.MemberPage:
    """The members of a room, ascending by user id."""
    slug = slug_in_path(slug)
    return await database.call(history.members_of, call.user, slug, query.after, query.limit)


def slug_in_path(text: str) -> str:
    """The slug as it is kept; raises NotFound, as for a missing room, for what can be none."""
    slug = normal_slug(text)
    try:
        check_slug(slug)
    except ChatError:
        raise NotFound("There is no such room.", field="room") from None
    return slug
