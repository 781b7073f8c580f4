"""Cards in the admin: which there are and when GitHub was asked, never what they show."""

from django.contrib import admin

from chat.admin.records import RecordAdmin
from chat.github.models import Card


@admin.register(Card)
class CardAdmin(RecordAdmin):
    list_display = ("key", "public", "stale", "as_of", "checked_at", "failures")
    list_filter = ("kind", "public", "stale")
    search_fields = ("key",)
    search_help_text = "A part of its name, such as owner/name"
    exclude = ("body",)
    ordering = ("-id",)
