"""The bans of a room over HTTP, for its moderators and owners."""

import msgspec

from chat import database, history
from chat.actions.rooms import ban_user, unban_user
from chat.api.admission import Call
from chat.api.resource import operation
from chat.api.rooms.addresses import Person, PersonId, person_in, slug_in_path
from chat.api.rooms.members import MembersQuery
from chat.models import User
from chat.payloads import ban_object
from chat.protocol.objects import BanObject, RoomObject


class NewBan(msgspec.Struct):
    """`reason` is for those who moderate the room; at most 200 characters."""

    user_id: PersonId
    reason: str | None = None


@operation("GET")
async def list_bans(call: Call, slug: str, query: MembersQuery) -> history.BanPage:
    """Who is kept out of the room, ascending by user id."""
    slug = slug_in_path(slug)
    return await database.call(history.bans_of, call.person, slug, query.after, query.limit)


@operation("POST", bucket="membership")
async def ban(call: Call, slug: str, body: NewBan) -> BanObject:
    """Keep somebody out, a member or not: the room is as good as missing to them from now on.

    Moderators ban members, outsiders and guests, owners anybody. Nobody is banned from a direct room.
    """
    return await database.write(_ban, call.person, slug_in_path(slug), body)


def _ban(user: User, slug: str, body: NewBan) -> BanObject:
    return ban_object(ban_user(user, slug, body.user_id, reason=body.reason or ""))


@operation("DELETE", bucket="membership")
async def lift_ban(call: Call, slug: str, query: Person, body: Person) -> RoomObject:
    """Let somebody come again; `user_id` stands in the query or in the body. A membership is not restored."""
    return await database.write(_lift, call.person, slug_in_path(slug), person_in(query, body))


def _lift(user: User, slug: str, user_id: int) -> RoomObject:
    unban_user(user, slug, user_id)
    return history.room_for(user, slug)
