"""The audit trail in the admin: read and searched, never changed."""

from django.contrib import admin

from chat.admin.records import RecordAdmin
from chat.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    list_display = ("at", "actor_name", "action", "target_type", "target_name", "door", "address")
    list_filter = ("action", "door", "at")
    search_fields = ("actor_name", "target_name", "target_id", "address")
    search_help_text = "Who, what, or an address"
    ordering = ("-id",)
