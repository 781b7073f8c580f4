"""Typing: told to the others in the room, kept nowhere."""

from chat.actions.log import check_not_archived
from chat.broadcast import publish_typing
from chat.errors import Forbidden
from chat.history import membership_of, visible_room
from chat.models import User
from chat.permissions import can_write


def announce_typing(user: User, slug: str, thread: int | None = None) -> None:
    """Tell the room that this person types; raises as a send there would."""
    room = visible_room(user, slug)
    if not can_write(user, room, membership_of(user, room)):
        raise Forbidden("You may read this room, not write in it.", field="room")
    check_not_archived(room)
    publish_typing(room, user, thread)
