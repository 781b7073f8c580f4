"""The periodic jobs in the admin: when each ran last, how long it took, what went wrong."""

from django.contrib import admin

from chat.admin.records import RecordAdmin
from chat.models import JobState


@admin.register(JobState)
class JobStateAdmin(RecordAdmin):
    list_display = ("name", "started_at", "duration_ms", "runs", "failures", "last_error_at")
    ordering = ("name",)
