"""Reactions: one per person, message and emoji."""

from django.conf import settings
from django.db import models

from chat.models.message import Message

EMOJI_CHARS = 64


class Reaction(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=EMOJI_CHARS)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "emoji", "user"], name="chat_reaction_once")
        ]

    def __str__(self) -> str:
        return self.emoji
