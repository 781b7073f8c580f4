"""People, guests and bots: one table, so that a message has one kind of author and a ban has one rule."""

from django.contrib.auth.models import AbstractUser
from django.db import models

NAME_CHARS = 80


class User(AbstractUser):
    """`username` signs in and never changes; `name` is what others read."""

    class Kind(models.TextChoices):
        USER = "user"
        GUEST = "guest"
        BOT = "bot"
        SYSTEM = "system"

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=NAME_CHARS, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.USER)
    # Whoever hides is never shown as online, and is told of others all the same.
    hides_presence = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "date_joined"], name="chat_user_kind_joined")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name that others read."""
        return self.name or self.username

    @property
    def is_guest(self) -> bool:
        return self.kind == self.Kind.GUEST

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
