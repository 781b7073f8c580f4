"""Who belongs to which room, in what role and how far they have read; and who is kept out."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chat.models.attention import Mention
from chat.models.message import Message
from chat.models.room import Room

BAN_REASON_CHARS = 200


class MembershipQuerySet(models.QuerySet["Membership"]):
    def with_counts(self) -> QuerySet[Any]:
        """Each with `unread`, `mentions` (above the read position) and `newest_id`, the newest message in the room.

        Unread are texts of others, thread replies aside (protocol, section 4); a mention in a thread counts too.
        They are counted from the rows whenever asked, so that they cannot drift.
        """
        mainline = Message.objects.filter(room=OuterRef("room"), thread=None)
        texts = mainline.filter(kind=Message.Kind.TEXT, deleted=False, pk__gt=OuterRef("read_id"))
        mentions = Mention.objects.filter(
            user=OuterRef("user"), room=OuterRef("room"), message__gt=OuterRef("read_id")
        )
        return self.annotate(
            unread=_counted(texts.exclude(author=OuterRef("user"))),
            mentions=_counted(mentions),
            newest_id=Coalesce(Subquery(mainline.order_by("-pk").values("pk")[:1]), 0),
        )


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many rows of one room there are, as a subquery."""
    count = rows.order_by().values("room").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


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

    objects: ClassVar[MembershipQuerySet] = MembershipQuerySet.as_manager()  # type: ignore[assignment]

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
