"""What is only looked up in the admin: the log of the rooms, the installation, and what operators did."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from chat.admin.records import RecordAdmin
from chat.models import Change, Installation


@admin.register(Change)
class ChangeAdmin(RecordAdmin):
    list_display = ("room", "seq", "kind", "message")
    list_display_links = ("room", "seq")
    list_filter = ("kind",)
    list_select_related = ("room", "message")
    search_fields = ("=room__slug", "=message__id")
    search_help_text = "The address of a room, or the number of a message"
    ordering = ("-id",)


@admin.register(Installation)
class InstallationAdmin(RecordAdmin):
    list_display = ("epoch",)


@admin.register(LogEntry)
class OperatorLogAdmin(RecordAdmin):
    list_display = ("action_time", "user", "content_type", "object_repr", "said")
    list_display_links = ("action_time", "object_repr")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "change_message", "user__username", "user__name")
    fields = ("action_time", "user", "content_type", "object_repr", "action_flag", "said")
    ordering = ("-action_time",)

    @admin.display(description="what was done")
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message()
