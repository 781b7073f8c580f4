"""Rooms over HTTP: listed, made, read, changed, archived."""

from typing import Literal

import msgspec

from chat import database, history
from chat.actions.rooms import archive_room, change_room, create_room, open_direct_room
from chat.api.admission import Access, Call
from chat.api.resource import Created, operation
from chat.api.rooms.addresses import PersonId, slug_in_path
from chat.errors import Invalid
from chat.models import User
from chat.protocol.objects import RoomObject

Kind = Literal["public", "open", "private", "direct"]


class RoomList(msgspec.Struct):
    """My rooms with their counts, then the ones I may read or join, each by name."""

    rooms: list[RoomObject]


class NewRoom(msgspec.Struct):
    """Public and open rooms may choose their slug; `members` are the ids of those who belong to it at once."""

    name: str
    kind: Kind
    slug: str | None = None
    topic: str | None = None
    members: list[PersonId] | None = None


class RoomChange(msgspec.Struct):
    """What is left out stays. A direct room stays one, and no other becomes one."""

    name: str | None = None
    topic: str | None = None
    kind: Kind | None = None


class Archiving(msgspec.Struct):
    """`on: false` opens the room again."""

    on: bool | None = None


@operation("GET", Access.READER)
async def list_rooms(call: Call) -> RoomList:
    """My rooms with their unread counts, then the ones I may read or join."""
    return RoomList(await database.call(history.rooms_for, call.user))


@operation("POST", bucket="room")
async def make_room(call: Call, body: NewRoom) -> Created[RoomObject] | RoomObject:
    """Make a room of one's own. A private or direct room gets its slug from the server.

    Of a direct room there is one for the same people: it is answered again, with 200, and whoever left it is back.
    """
    room, made = await database.write(_make, call.person, body)
    return Created(room) if made else room


def _make(user: User, body: NewRoom) -> tuple[RoomObject, bool]:
    topic, made = body.topic or "", True
    if body.kind != "direct":
        room = create_room(user, body.name, body.kind, slug=body.slug, topic=topic, members=body.members)
    elif body.slug is not None:
        raise Invalid("A direct room gets its address from the server.", field="slug")
    else:
        room, made = open_direct_room(user, body.name, body.members or [], topic=topic)
    return history.room_for(user, room.slug), made


@operation("GET", Access.READER)
async def read_room(call: Call, slug: str) -> RoomObject:
    """One room, and with `me` what it is to the reader."""
    return await database.call(history.room_for, call.user, slug_in_path(slug))


@operation("PATCH", bucket="room_change")
async def change(call: Call, slug: str, body: RoomChange) -> RoomObject:
    """Change the name and the topic, as a moderator or owner, or the kind, as an owner."""
    return await database.write(_change, call.person, slug_in_path(slug), body)


def _change(user: User, slug: str, body: RoomChange) -> RoomObject:
    change_room(user, slug, name=body.name, topic=body.topic, kind=body.kind)
    return history.room_for(user, slug)


@operation("POST", bucket="room_change")
async def archive(call: Call, slug: str, body: Archiving) -> RoomObject:
    """Archive the room, or open it again: owners only. An archived room is read, not written in."""
    return await database.write(_archive, call.person, slug_in_path(slug), body.on is not False)


def _archive(user: User, slug: str, on: bool) -> RoomObject:
    archive_room(user, slug, on)
    return history.room_for(user, slug)
