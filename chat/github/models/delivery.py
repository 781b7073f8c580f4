"""The ledger of what GitHub's webhooks delivered: one row a delivery, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

# Of GitHub's own words for events and actions the longest has 34.
WORD_CHARS = 64
# `owner/name`: 39 and 100 characters at most, and the slash.
REPOSITORY_CHARS = 140
ERROR_CHARS = 2_000


class Delivery(models.Model):
    """`key` tells the effect: of all deliveries that mean the same one, all but the first are duplicates.

    `payload` is the body as GitHub sent it, deflated, for as long as it may be needed; `size` is its length before.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DUPLICATE = "duplicate"
        FAILED = "failed"

    delivery_id = models.CharField("delivery", max_length=WORD_CHARS, unique=True)
    event = models.CharField(max_length=WORD_CHARS)
    action = models.CharField(max_length=WORD_CHARS, blank=True)
    repository = models.CharField(max_length=REPOSITORY_CHARS, blank=True)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    received_at = models.DateTimeField(default=timezone.now)
    # How often it came; GitHub sends it again when somebody asks for that.
    came = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Not before this is it worked off.
    due_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    size = models.PositiveIntegerField()
    payload = models.BinaryField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(state="duplicate"), name="chat_github_delivery_effect"
            )
        ]
        indexes = [
            # Whole ones: SQLite uses a partial index only for values that stand in the statement itself.
            models.Index(fields=["state", "id"], name="chat_github_delivery_waits"),
            models.Index(fields=["key"], name="chat_github_delivery_key"),
            models.Index(fields=["received_at"], name="chat_github_delivery_came"),
        ]

    def __str__(self) -> str:
        what = f"{self.event} {self.action}".strip()
        return f"{what} in {self.repository}" if self.repository else what
