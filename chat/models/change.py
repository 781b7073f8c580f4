"""The log: one row for each number a room has given out."""

from django.db import models

from chat.models.message import Message
from chat.models.room import Room


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
