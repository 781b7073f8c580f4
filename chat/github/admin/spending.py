"""Where the calls to GitHub go, in the admin: a summary of a day, the hours below it, and what is still granted."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from chat.admin.records import RecordAdmin
from chat.github.budget.ledger import fingerprint
from chat.github.budget.report import report
from chat.github.models import Allowance, Spending
from chat.github.upstream.identity import identity


@admin.register(Spending)
class SpendingAdmin(RecordAdmin):
    list_display = ("hour", "feature", "whose", *Spending.COUNTS)
    list_display_links = None
    list_filter = ("feature", "whose", "hour")
    date_hierarchy = "hour"
    ordering = ("-hour", "whose", "feature")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the last day above the list, as only who may see the list sees it."""
        shown: dict[str, Any] = {"title": "Where calls to GitHub go"}
        if self.has_view_permission(request):
            shown["summary"] = report()
        return super().changelist_view(request, {**shown, **(extra_context or {})})


@admin.register(Allowance)
class AllowanceAdmin(RecordAdmin):
    list_display = ("of", "limit", "remaining", "reset", "rests_until", "heard_at")
    list_filter = ("whose",)
    ordering = ("-whose", "-heard_at")
    fields = (*list_display, "credential")

    @admin.display(description="whose", ordering="whose")
    def of(self, allowance: Allowance) -> str:
        """Who asks, in words: the server may have asked with a token and without, and each is granted its own calls."""
        if allowance.whose == "own":
            return "a person, with their own token"
        if allowance.credential == fingerprint(identity("")):
            return "the server, without a token"
        if allowance.credential == fingerprint(identity(settings.GITHUB_TOKEN)):
            return "the server, with its token"
        return "the server, as it was set up before"
