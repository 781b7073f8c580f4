"""Who belongs to which room, in what role and how far they have read; and who is kept out."""

from django.conf import settings
from django.db import models

from chat.models.room import Room

BAN_REASON_CHARS = 200


class Membership(models.Model):
    """`read_id` is the id of the last message read; it only moves forward."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MODERATOR = "moderator"
        MEMBER = "member"

    class Notify(models.TextChoices):
        ALL = "all"
        MENTIONS = "mentions"
        NONE = "none"

    room = models.ForeignKey(Room, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role, default=Role.MEMBER)
    read_id = models.PositiveBigIntegerField(default=0)
    notify = models.CharField(max_length=8, choices=Notify, default=Notify.ALL)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="chat_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"


class Ban(models.Model):
    """Somebody who may not see a room, whatever its kind. A banned person is no member."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="bans")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bans")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=BAN_REASON_CHARS, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="chat_ban_once")]

    def __str__(self) -> str:
        return f"{self.user} out of {self.room}"
