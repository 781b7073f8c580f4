"""The periodic jobs in the admin: how each went, where it runs, when it comes next; and having one run now."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from chat import jobs
from chat.admin.records import RecordAdmin, operator_of
from chat.models import JobState

ERROR_CHARS_LISTED = 80


@admin.register(JobState)
class JobStateAdmin(RecordAdmin):
    list_display = (
        *(
            "name",
            "interval",
            "started_at",
            "took",
            "runs",
            "failures",
            "last_error_at",
            "error",
            "running_in",
        ),
        "due",
    )
    fields = (
        *("name", "interval", ("started_at", "ended_at", "took"), ("runs", "failures")),
        *("last_error_at", "last_error", ("running_in", "lease_until"), "due"),
    )
    ordering = ("name",)
    actions = ("run_now",)
    buttons = actions

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobState]:
        """With the jobs that never ran: one that nobody runs must be seen here most of all."""
        jobs.states([job.name for job in jobs.registered()])
        return super().get_queryset(request)

    @admin.display(description="every")
    def interval(self, state: JobState) -> str:
        job = _job(state)
        return str(timedelta(seconds=job.interval_s)) if job else "unknown to this version"

    @admin.display(description="took", ordering="duration_ms")
    def took(self, state: JobState) -> str | None:
        return None if state.duration_ms is None else f"{state.duration_ms / 1000:.2f} s"

    @admin.display(description="last error")
    def error(self, state: JobState) -> str:
        """The first line; the page of the job shows all of it."""
        return state.last_error.partition("\n")[0][:ERROR_CHARS_LISTED]

    @admin.display(description="runs now in", ordering="holder")
    def running_in(self, state: JobState) -> str:
        """Machine and process, without the mark that tells two processes of one number apart."""
        return state.holder.rpartition(":")[0]

    @admin.display(description="due")
    def due(self, state: JobState) -> Any:
        job = _job(state)
        if job is None or state.holder:
            return None
        due = jobs.due_at(job, state)
        return "now" if due is None or due <= timezone.now() else due

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_jobstate")

    def offers(self, name: str, row: JobState, request: HttpRequest) -> bool:
        return _job(row) is not None and not row.wanted and not row.holder

    @admin.action(description="Run %(verbose_name_plural)s now", permissions=["run"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[JobState]) -> HttpResponse | None:
        """Whichever process runs jobs begins within seconds; this request does not wait for it."""
        known = queryset.filter(name__in=[job.name for job in jobs.registered()])
        return self.carry_out(
            request, known, lambda state: jobs.ask_for(operator_of(request), state), "asked to run soon"
        )


def _job(state: JobState) -> jobs.Job | None:
    return next((job for job in jobs.registered() if job.name == state.name), None)
