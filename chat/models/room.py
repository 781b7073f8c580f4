"""Rooms, and the one rule of who sees which."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.limits import is_storable
from chat.models.user import User

SLUG_CHARS = 80
ROOM_NAME_CHARS = 80
TOPIC_CHARS = 250


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, user: User | None) -> "RoomQuerySet":
        """The rooms whose content this person may read, `None` being a passer-by (protocol, section 2)."""
        if user is None or user.is_guest:
            kinds = [Room.Kind.PUBLIC] if settings.CHAT_GUESTS != "off" else []
        else:
            kinds = [Room.Kind.PUBLIC, Room.Kind.OPEN]
        if user is None:
            return self.filter(kind__in=kinds)
        mine = Q(pk__in=user.memberships.values("room_id"))
        return self.filter(Q(kind__in=kinds) | mine).exclude(pk__in=user.bans.values("room_id"))

    def with_slug(self, slug: str) -> "RoomQuerySet":
        """The room of this slug, which may be any text that somebody typed into an address."""
        return self.filter(slug=slug) if is_storable(slug) else self.none()


class Room(models.Model):
    """A place with a dense sequence: `seq` is the number of its latest change."""

    class Kind(models.TextChoices):
        PUBLIC = "public"
        OPEN = "open"
        PRIVATE = "private"
        DIRECT = "direct"

    slug = models.CharField(max_length=SLUG_CHARS, unique=True)
    name = models.CharField(max_length=ROOM_NAME_CHARS)
    topic = models.CharField(max_length=TOPIC_CHARS, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PUBLIC)
    seq = models.PositiveBigIntegerField(default=0)
    member_count = models.PositiveIntegerField(default=0)
    # Of a direct room: a digest of its people, so that the same people find the same room again.
    direct_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[RoomQuerySet] = RoomQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["public", "open", "private", "direct"]), name="chat_room_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        return self.archived_at is not None
