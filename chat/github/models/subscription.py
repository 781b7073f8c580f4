"""Which rooms hear of which repositories, what of them, and where in the room each thing was told."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from chat.models import Message, Room

# GitHub's own bounds: 39 for an account, 100 for a repository, and the slash.
REPOSITORY_CHARS = 140
# An account, a repository and what GitHub allows for the name of a branch or tag.
KEY_CHARS = 450


class RoomSetting(models.Model):
    """What a room has decided about GitHub as a whole; no row is the same as one with nothing in it."""

    room = models.OneToOneField(Room, models.CASCADE, related_name="+")
    default_repository = models.CharField(max_length=REPOSITORY_CHARS, blank=True)
    mutes_bots = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"GitHub in {self.room}"


class Subscription(models.Model):
    """A room that hears of a repository. `labels` and `branches` are patterns; none of them lets everything in.

    `private` is what GitHub said when somebody who may see the repository agreed that the room reads of it.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    # As GitHub writes it, and as it is compared.
    repository = models.CharField(max_length=REPOSITORY_CHARS)
    repository_key = models.CharField(max_length=REPOSITORY_CHARS, db_index=True, editable=False)
    pulls = models.BooleanField(default=False)
    issues = models.BooleanField(default=False)
    releases = models.BooleanField(default=False)
    pushes = models.BooleanField(default=False)
    reviews = models.BooleanField(default=False)
    labels = models.JSONField(default=list, blank=True)
    branches = models.JSONField(default=list, blank=True)
    private = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    # In the order in which people read them.
    TOPICS: ClassVar[tuple[str, ...]] = ("pulls", "issues", "releases", "pushes", "reviews")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "repository_key"], name="chat_github_subscribed_once"),
            models.CheckConstraint(
                condition=Q(repository_key=Lower(F("repository"))), name="chat_github_repository_key"
            ),
            models.CheckConstraint(
                condition=Q(pulls=True)
                | Q(issues=True)
                | Q(releases=True)
                | Q(pushes=True)
                | Q(reviews=True),
                name="chat_github_subscribed_to_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repository} in {self.room}"

    @property
    def topics(self) -> list[str]:
        """What of the repository is told."""
        return [topic for topic in self.TOPICS if getattr(self, topic)]


class Gathering(models.Model):
    """The message of a room under which everything about one pull request, issue, release or branch is told."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=KEY_CHARS)
    root = models.ForeignKey(Message, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "key"], name="chat_github_gathered_once")]

    def __str__(self) -> str:
        return f"{self.key} in {self.room}"
