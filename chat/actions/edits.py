"""Editing and deleting: revisions are kept of an edit, nothing of a deletion."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from chat import links
from chat.actions import cards
from chat.actions.attention import mentions
from chat.actions.attention.notifications import notify_of_mentions
from chat.actions.audit import record
from chat.actions.log import (
    check_not_archived,
    count_replies,
    lock_message,
    log_change,
    log_changes,
    membership_in,
)
from chat.errors import Conflict, Forbidden, NotFound
from chat.limits import check_text
from chat.markdown import render
from chat.models import CardShown, Change, Mention, Message, Reaction, Revision, Room, User
from chat.permissions import can_delete, can_edit, can_write

# What is left of a deleted message: nothing of its content.
TOMBSTONE = {
    "deleted": True,
    "text": "",
    "html": "",
    "digest": "",
    "reply_to": None,
    "edited_at": None,
    "mentions": [],
    "cards": None,
    "pinned": False,
}


def edit_message(user: User, message_id: int, text: str, seq: int | None = None) -> int:
    """Replace the text and return the message's number; the old text becomes a revision.

    `seq` is the number the editor knew: Conflict when the text changed since. The same text takes no number.
    """
    check_text(text)
    rendered = render(text)
    linked = links.find(text, rendered.html)
    with transaction.atomic():
        room, message = lock_message(Room.objects.visible_to(user), message_id)
        _check_may_edit(user, room, message)
        if seq is not None and seq < message.text_seq:
            raise Conflict("The text has changed since you began to edit.", field="seq")
        if text == message.text:
            return message.seq
        _keep_revision(message)
        called, names = mentions.resolve(room, user, rendered.names)
        message.text, message.html, message.edited_at = text, rendered.calling(names), timezone.now()
        message.text_seq = room.seq + 1
        newly_called = mentions.replace(message, called)
        cards.replace(message, linked)
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
        make_tombstones(room, [message])
        if message.author_id != user.pk:
            record(user, "message_removed", message, room=room.slug, author=message.author.username)
        return message.seq


def make_tombstones(room: Room, messages: Sequence[Message]) -> None:
    """Delete texts of a locked room for good. The roots of their threads, none of which is among them, count anew."""
    for kind in (Revision, Reaction, Mention, CardShown):
        kind.objects.filter(message__in=messages).delete()
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(**TOMBSTONE)
    for message in messages:
        for field, value in TOMBSTONE.items():
            setattr(message, field, value)
    log_changes(room, messages, Change.Kind.DELETE)
    count_replies(room, [message for message in messages if message.thread_id is not None])


def _check_may_edit(user: User, room: Room, message: Message) -> None:
    """What somebody may never do is forbidden, archived or not, as it is for deletions and pins."""
    if not can_write(user, room, membership_in(room, user)):
        raise Forbidden("You may read this room, not write in it.", field="message_id")
    if message.kind == Message.Kind.SYSTEM:
        raise Forbidden("What the system records stays as it is.", field="message_id")
    if not can_edit(user, message):
        raise Forbidden("Only its author edits a message.", field="message_id")
    check_not_archived(room)
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
