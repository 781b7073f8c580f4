"""Rooms and who belongs to them: made, changed, joined, left, moderated. Each deed locks its room."""

from chat.actions.rooms.bans import ban_user, unban_user
from chat.actions.rooms.changes import archive_room, change_room
from chat.actions.rooms.direct import open_direct_room
from chat.actions.rooms.making import create_room, room_on_demand
from chat.actions.rooms.members import add_members, admit, join_room, leave_room, remove_member
from chat.actions.rooms.notify import set_notify
from chat.actions.rooms.people import MEMBERS_AT_ONCE
from chat.actions.rooms.roles import set_role
from chat.actions.rooms.slugs import RESERVED_SLUGS, check_slug, normal_slug

__all__ = [
    "MEMBERS_AT_ONCE",
    "RESERVED_SLUGS",
    "add_members",
    "admit",
    "archive_room",
    "ban_user",
    "change_room",
    "check_slug",
    "create_room",
    "join_room",
    "leave_room",
    "normal_slug",
    "open_direct_room",
    "remove_member",
    "room_on_demand",
    "set_notify",
    "set_role",
    "unban_user",
]
