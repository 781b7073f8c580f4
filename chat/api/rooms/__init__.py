"""Rooms over HTTP: what they are, who belongs to them, and who is kept out."""

from chat.api.rooms.addresses import slug_in_path
from chat.api.rooms.bans import ban, lift_ban, list_bans
from chat.api.rooms.members import (
    add_to_members,
    change_membership,
    join,
    leave,
    list_members,
    remove_from_members,
)
from chat.api.rooms.rooms import archive, change, list_rooms, make_room, read_room

__all__ = [
    "add_to_members",
    "archive",
    "ban",
    "change",
    "change_membership",
    "join",
    "leave",
    "lift_ban",
    "list_bans",
    "list_members",
    "list_rooms",
    "make_room",
    "read_room",
    "remove_from_members",
    "slug_in_path",
]
