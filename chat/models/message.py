"""Messages, the log of what happened to them, the texts that edits replaced, the cards that they show."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.models.room import Room

CLIENT_ID_CHARS = 128


class Message(models.Model):
    """One message as it now is.

    `seq` is its room's number at its latest change, `first_seq` at its creation, `text_seq` at the last
    change of its text. `digest` fingerprints what the client sent under `client_id`; a deletion clears it.
    A thread reply names its root in `thread`; the root keeps count of its replies, also as a tombstone.
    `mentions` holds the ids of the members that the text calls, as rows of Mention do for counting.
    `cards` holds the id and address of each card that it shows, as rows of CardShown do for finding them; null in
    nearly all messages, which show none.
    """

    class Kind(models.TextChoices):
        TEXT = "text"
        SYSTEM = "system"

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages", db_index=False)
    seq = models.PositiveBigIntegerField()
    first_seq = models.PositiveBigIntegerField()
    text_seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages", db_index=False
    )
    client_id = models.CharField(max_length=CLIENT_ID_CHARS, null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted = models.BooleanField(default=False)
    reply_to: models.ForeignKey["Message | None", "Message | None"] = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    thread: models.ForeignKey["Message | None", "Message | None"] = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    replies = models.PositiveIntegerField(default=0)
    last_reply_at = models.DateTimeField(null=True, blank=True)
    mentions = models.JSONField(default=list, blank=True)
    cards = models.JSONField(null=True, blank=True)
    pinned = models.BooleanField(default=False)
    event = models.JSONField(null=True, blank=True)

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="chat_message_sent_once"),
            # Also the index that a resume reads: what changed since n.
            models.UniqueConstraint(fields=["room", "seq"], name="chat_message_seq_once"),
        ]
        indexes = [
            models.Index(
                fields=["room", "id"], name="chat_message_history", condition=Q(thread__isnull=True)
            ),
            models.Index(
                fields=["thread", "id"], name="chat_message_thread", condition=Q(thread__isnull=False)
            ),
            models.Index(fields=["room", "id"], name="chat_message_pinned", condition=Q(pinned=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Change(models.Model):
    """What happened to a message at `seq`.

    (room, seq) identifies a change. The row has a number of its own only because Django's admin cannot
    show models with a composite primary key, and operators must be able to read the log there.
    """

    class Kind(models.TextChoices):
        CREATE = "create"
        EDIT = "edit"
        DELETE = "delete"
        REACT = "react"
        PIN = "pin"
        REPLY = "reply"

    room = models.ForeignKey(Room, models.CASCADE, related_name="changes", db_index=False)
    seq = models.PositiveBigIntegerField()
    message = models.ForeignKey(Message, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="chat_change_dense")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq} {self.kind}"


class CardShown(models.Model):
    """A message shows a card. What the card is, only the app knows that made it (chat.links)."""

    card_id = models.PositiveBigIntegerField()
    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "card shown"
        verbose_name_plural = "cards shown"
        constraints = [models.UniqueConstraint(fields=["card_id", "message"], name="chat_card_shown_once")]
        indexes = [
            models.Index(fields=["card_id", "room"], name="chat_card_rooms"),
            models.Index(fields=["room", "message"], name="chat_room_cards"),
        ]

    def __str__(self) -> str:
        return f"#{self.message_id} shows card {self.card_id}"


class Revision(models.Model):
    """A text that an edit replaced: what the message said since the change `seq`."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    seq = models.PositiveBigIntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "seq"], name="chat_revision_once")]

    def __str__(self) -> str:
        return f"#{self.message_id} as of {self.seq}"
