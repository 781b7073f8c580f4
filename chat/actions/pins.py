"""Pins: what moderators and owners keep at hand for everybody."""

from django.db import transaction

from chat.actions.log import check_not_archived, lock_message, log_change, membership_in
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Change, Message, Room, User
from chat.permissions import can_pin

PINNED_MOST = 100


def pin_message(user: User, message_id: int, on: bool) -> int:
    """Pin or unpin and return the message's number; what is so already takes none."""
    with transaction.atomic():
        room, message = lock_message(Room.objects.visible_to(user), message_id)
        if not can_pin(room, membership_in(room, user)):
            raise Forbidden("Moderators and owners pin messages.", field="message_id")
        check_not_archived(room)
        if message.kind == Message.Kind.SYSTEM:
            raise Forbidden("What the system records is not pinned.", field="message_id")
        if message.deleted:
            raise NotFound("This message was deleted.", field="message_id")
        if message.pinned != on:
            _check_room_for_one_more(room, on)
            message.pinned = on
            log_change(room, message, Change.Kind.PIN)
        return message.seq


def _check_room_for_one_more(room: Room, on: bool) -> None:
    if on and Message.objects.filter(room=room, pinned=True).count() >= PINNED_MOST:
        raise Invalid(f"A room has at most {PINNED_MOST} pinned messages; unpin one.", field="message_id")
