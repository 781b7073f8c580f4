"""How far members have read: forward by reading, back only by saying so. Each move is told to one's other devices."""

from collections.abc import Sequence

import msgspec
from django.db import transaction

from chat.broadcast import publish_read
from chat.errors import ChatError, Forbidden, NotFound
from chat.models import Membership, Message, Room, User


class Move(msgspec.Struct):
    """Somebody has read up to a message; or, with `back`, wants to read on from it.

    `connection` is the one that asked, which is answered and not told again.
    """

    user: User
    room: str
    message_id: int
    back: bool = False
    connection: str | None = None


class Position(msgspec.Struct):
    """Where a member stands: the last message read, and what is left above it."""

    read_id: int
    unread: int
    mentions: int


def move(wanted: Move) -> Position:
    """Make one move; raises the ChatError that refused it."""
    outcome = move_all([wanted])[0]
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def move_all(moves: Sequence[Move]) -> list[Position | ChatError]:
    """Many members' moves in one transaction; each gets its own answer, in the same order."""
    with transaction.atomic():
        return [_answer(wanted) for wanted in moves]


def _answer(wanted: Move) -> Position | ChatError:
    try:
        return _move(wanted)
    except ChatError as error:
        return error


def _move(wanted: Move) -> Position:
    room = Room.objects.visible_to(wanted.user).with_slug(wanted.room).first()
    if room is None:
        raise NotFound("There is no such room.", field="room")
    mine = Membership.objects.filter(room=room, user=wanted.user)
    if not mine.exists():
        raise Forbidden("Only members have a read position; join the room.", field="room")
    if not Message.objects.filter(room=room, pk=wanted.message_id).exists():
        raise NotFound("There is no such message in this room.", field="message_id")
    if wanted.back:
        moved = mine.exclude(read_id=wanted.message_id - 1).update(read_id=wanted.message_id - 1)
    else:
        # One statement, so that of two devices the one that read further wins.
        moved = mine.filter(read_id__lt=wanted.message_id).update(read_id=wanted.message_id)
    found = mine.with_counts().get()
    position = Position(found.read_id, found.unread, found.mentions)
    if moved:
        publish_read(
            room, wanted.user.pk, position.read_id, position.unread, position.mentions, wanted.connection
        )
    return position
