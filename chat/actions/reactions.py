"""Reactions: set and removed, one per person and emoji."""

import emoji as emoji_names
from django.db import transaction

from chat.actions.log import check_not_archived, lock_message, log_change, membership_in
from chat.errors import Forbidden, Invalid, NotFound
from chat.limits import REACTIONS_PER_MESSAGE
from chat.models import Change, Message, Reaction, Room, User
from chat.permissions import can_write


def react(user: User, message_id: int, emoji: str, on: bool) -> int:
    """Set or remove one's own reaction and return the message's number; what is so already takes none."""
    if not _is_one_emoji(emoji):
        raise Invalid("A reaction is one emoji.", field="emoji")
    with transaction.atomic():
        room, message = lock_message(Room.objects.visible_to(user), message_id)
        if not can_write(user, room, membership_in(room, user)):
            raise Forbidden("You may read this room, not react in it.", field="message_id")
        check_not_archived(room)
        _check_takes_reactions(message)
        if _set(user, message, emoji) if on else _remove(user, message, emoji):
            log_change(room, message, Change.Kind.REACT)
        return message.seq


def _is_one_emoji(text: str) -> bool:
    """A skin tone or a hair colour by itself is listed too, but only as a part of others."""
    known = emoji_names.EMOJI_DATA.get(text)
    return known is not None and known["status"] != emoji_names.STATUS["component"]


def _check_takes_reactions(message: Message) -> None:
    if message.kind == Message.Kind.SYSTEM:
        raise Forbidden("What the system records takes no reactions.", field="message_id")
    if message.deleted:
        raise NotFound("This message was deleted.", field="message_id")


def _set(user: User, message: Message, emoji: str) -> bool:
    reactions = Reaction.objects.filter(message=message)
    if reactions.filter(user=user, emoji=emoji).exists():
        return False
    kinds = set(reactions.values_list("emoji", flat=True))
    if emoji not in kinds and len(kinds) >= REACTIONS_PER_MESSAGE:
        raise Invalid(f"A message takes at most {REACTIONS_PER_MESSAGE} different emoji.", field="emoji")
    Reaction.objects.create(user=user, message=message, emoji=emoji)
    return True


def _remove(user: User, message: Message, emoji: str) -> bool:
    removed, _ = Reaction.objects.filter(user=user, message=message, emoji=emoji).delete()
    return removed > 0
