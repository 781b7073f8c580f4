"""Whom a message concerns: the members that it mentions, and those who follow a thread."""

from django.conf import settings
from django.db import models

from chat.models.message import Message
from chat.models.room import Room


class Mention(models.Model):
    """A message calls a member. The room stands here too, so that one index counts the unread ones."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mention_rows", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="chat_mention_once")]
        indexes = [models.Index(fields=["user", "room", "message"], name="chat_mention_unread")]

    def __str__(self) -> str:
        return f"#{self.message_id} mentions {self.user_id}"


class ThreadFollower(models.Model):
    """Somebody who is told of new replies in a thread: its root's author, and whoever replied."""

    root = models.ForeignKey(Message, models.CASCADE, related_name="followers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "user"], name="chat_thread_follower_once")]

    def __str__(self) -> str:
        return f"{self.user_id} follows #{self.root_id}"
