"""Periodic jobs as the installation knows them: who runs each now, and how its last run ended."""

from django.db import models


class JobState(models.Model):
    """One row a job. Whoever holds the lease runs it; one that is not renewed belonged to a process that died.

    `lease_until` is for people to read; processes look only at whether it changes (chat/jobs/leases.py).
    """

    name = models.CharField(max_length=80, unique=True)
    holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    # Somebody asked for a run before its time.
    wanted = models.BooleanField(default=False)

    class Meta:
        verbose_name = "periodic job"

    def __str__(self) -> str:
        return self.name
