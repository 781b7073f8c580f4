"""The audit trail in the admin: read and searched, never changed."""

import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chat.admin.records import RecordAdmin
from chat.models import AuditEntry

# Of all the models that something is done to, by the name that the trail keeps.
APPS = ("chat", "auth", "account")


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    list_display = ("when", "who", "what", "target", "place", "more")
    list_display_links = ("when",)
    list_filter = ("at", "action", "door", "target_type", ("actor", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("actor",)
    date_hierarchy = "at"
    search_fields = ("actor_name", "target_name", "=target_id", "action", "address")
    search_help_text = "Who, what, to whom, or an address"
    fields = list_display
    ordering = ("-id",)

    @admin.display(description="when", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description="who", ordering="actor_name")
    def who(self, entry: AuditEntry) -> str:
        """The link leads to somebody who is still there, the name is that of then."""
        if entry.actor is None:
            return entry.actor_name or self._nobody(entry)
        return _link(entry.actor, entry.actor_name)

    @admin.display(description="did what", ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return entry.deed

    @admin.display(description="to whom", ordering="target_name")
    def target(self, entry: AuditEntry) -> str:
        model = _model(entry.target_type)
        return entry.target_name if model is None else _link(model(pk=entry.target_id), entry.target_name)

    @admin.display(description="details")
    def more(self, entry: AuditEntry) -> str:
        said = (f"{name.replace('_', ' ')}: {_said(value)}" for name, value in entry.details.items())
        return ", ".join(said)

    @admin.display(description="from where", ordering="address")
    def place(self, entry: AuditEntry) -> str:
        return f"{entry.door} {entry.address}".rstrip()

    def _nobody(self, entry: AuditEntry) -> str:
        """A command has the machine's own user; at the other doors nobody was signed in."""
        user = entry.details.get("machine_user")
        return f"{user} (at the machine)" if user else "(nobody signed in)"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.list_display


def _model(name: str) -> type[Model] | None:
    """Of which the admin has pages; None where a later version has no such model any more."""
    models = (model for app in APPS for model in apps.get_app_config(app).get_models())
    return next((model for model in models if model._meta.model_name == name and _is_shown(model)), None)


def _is_shown(model: type[Model]) -> bool:
    return admin.site.is_registered(model)


def _link(row: Model, name: str) -> SafeString:
    opts = row._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, name)


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
