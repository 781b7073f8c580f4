"""Editing and deleting: revisions are kept of an edit, nothing of a deletion."""

from django.db import transaction
from django.utils import timezone

from chat.actions.attention import mentions
from chat.actions.attention.notifications import notify_of_mentions
from chat.actions.log import check_not_archived, count_replies, lock_message, log_change, membership_in
from chat.errors import Conflict, Forbidden, NotFound
from chat.limits import check_text
from chat.markdown import render
from chat.models import Change, Mention, Message, Reaction, Revision, Room, User
from chat.permissions import can_delete, can_edit, can_write


def edit_message(user: User, message_id: int, text: str, seq: int | None = None) -> int:
    """Replace the text and return the message's number; the old text becomes a revision.

    `seq` is the number the editor knew: Conflict when the text changed since. The same text takes no number.
    """
    check_text(text)
    rendered = render(text)
    with transaction.atomic():
        room, message = lock_message(Room.objects.visible_to(user), message_id)
        _check_touchable(user, room, message)
        if not can_edit(user, message):
            raise Forbidden("Only its author edits a message.", field="message_id")
        if seq is not None and seq < message.text_seq:
            raise Conflict("The text has changed since you began to edit.", field="seq")
        if text == message.text:
            return message.seq
        _keep_revision(message)
        called, names = mentions.resolve(room, user, rendered.names)
        message.text, message.html, message.edited_at = text, rendered.calling(names), timezone.now()
        message.text_seq = room.seq + 1
        newly_called = mentions.replace(message, called)
        log_change(room, message, Change.Kind.EDIT)
        notify_of_mentions(room, message, newly_called)
        return message.seq


def delete_message(user: User, message_id: int, *, as_operator: bool = False) -> int:
    """Make the message a tombstone and return its number; nothing of its content is left anywhere.

    `as_operator`: the one who acts was let in by the admin, whose rights count instead of the room's.
    """
    with transaction.atomic():
        rooms = Room.objects.all() if as_operator else Room.objects.visible_to(user)
        room, message = lock_message(rooms, message_id)
        if message.deleted:
            return message.seq
        if message.kind == Message.Kind.SYSTEM:
            raise Forbidden("What the system records stays.", field="message_id")
        if not as_operator:
            _check_may_delete(user, room, message)
        _clear(message)
        log_change(room, message, Change.Kind.DELETE)
        if message.thread_id is not None:
            count_replies(room, [message])
        return message.seq


def _check_touchable(user: User, room: Room, message: Message) -> None:
    if not can_write(user, room, membership_in(room, user)):
        raise Forbidden("You may read this room, not write in it.", field="message_id")
    check_not_archived(room)
    if message.kind == Message.Kind.SYSTEM:
        raise Forbidden("What the system records stays as it is.", field="message_id")
    if message.deleted:
        raise NotFound("This message was deleted.", field="message_id")


def _check_may_delete(user: User, room: Room, message: Message) -> None:
    membership = membership_in(room, user)
    if not can_write(user, room, membership) or not can_delete(user, message, membership):
        raise Forbidden("You may not delete this message.", field="message_id")
    check_not_archived(room)


def _keep_revision(message: Message) -> None:
    Revision.objects.create(
        message=message, seq=message.text_seq, text=message.text, at=message.edited_at or message.at
    )


def _clear(message: Message) -> None:
    Revision.objects.filter(message=message).delete()
    Reaction.objects.filter(message=message).delete()
    Mention.objects.filter(message=message).delete()
    message.deleted, message.pinned, message.mentions = True, False, []
    message.text = message.html = message.digest = ""
    message.reply_to = None
    message.edited_at = None
