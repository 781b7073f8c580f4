"""Where calls to GitHub went, hour by hour, and what GitHub still grants: what the processes tell each other of it."""

from typing import ClassVar

from django.db import models


class Spending(models.Model):
    """What one feature spent and saved in one hour, of the installation's own quota or of people's."""

    hour = models.DateTimeField()
    whose = models.CharField(max_length=8)
    feature = models.CharField(max_length=16)
    calls = models.PositiveBigIntegerField(default=0)
    saved_by_304 = models.PositiveBigIntegerField(default=0, verbose_name="free (304)")
    saved_by_cache = models.PositiveBigIntegerField(default=0, verbose_name="kept")
    saved_by_sharing = models.PositiveBigIntegerField(default=0, verbose_name="shared")
    stale = models.PositiveBigIntegerField(default=0, verbose_name="stale")
    limited = models.PositiveBigIntegerField(default=0, verbose_name="limited")

    # What is counted, in the order in which people read it; the words of upstream/spending.py.
    COUNTS: ClassVar[tuple[str, ...]] = (
        *("calls", "saved_by_304", "saved_by_cache", "saved_by_sharing", "stale", "limited"),
    )

    class Meta:
        verbose_name = "GitHub spending"
        verbose_name_plural = "GitHub spending"
        constraints = [
            models.UniqueConstraint(fields=["hour", "whose", "feature"], name="chat_github_spent_once")
        ]

    def __str__(self) -> str:
        return f"{self.feature} ({self.whose}), {self.hour:%Y-%m-%d %H:%M}"


class Allowance(models.Model):
    """What GitHub grants to one credential, as far as a process has heard. `credential` is a fingerprint of it."""

    credential = models.CharField(max_length=64, unique=True)
    whose = models.CharField(max_length=8)
    limit = models.PositiveIntegerField(null=True, blank=True, verbose_name="calls an hour")
    remaining = models.PositiveIntegerField(null=True, blank=True, verbose_name="calls left")
    reset = models.DateTimeField(null=True, blank=True, verbose_name="starts anew")
    rests_until = models.DateTimeField(null=True, blank=True, verbose_name="no calls until")
    heard_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "GitHub allowance"

    def __str__(self) -> str:
        return f"{self.whose} ({self.credential[:8]})"
