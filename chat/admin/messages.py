"""Messages in the admin, with what edits and reactions left; operators may remove a message for good."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chat.actions.edits import delete_message
from chat.admin.records import (
    OPERATED_AT_ONCE,
    Inline,
    RecordAdmin,
    Way,
    operator_of,
    way_to_list,
    way_to_trail,
)
from chat.models import CardShown, Change, Mention, Message, Reaction, Revision, ThreadFollower

EXCERPT_CHARS = 80
# Of those about to be removed, so many are shown; the rest is counted.
SHOWN_BEFORE_REMOVAL = 20
REMOVED = "Removed. Nothing of what it said was kept, so it cannot be restored."


class RoomKindFilter(admin.ChoicesFieldListFilter):
    """Rooms have a kind, and so have messages: the filter says which it means."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "kind of room"


class RevisionInline(Inline):
    """What the message said before."""

    model = Revision
    fields = ("seq", "at", "text")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ("seq",)

    def has_add_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    list_display = ("id", "room", "author", "excerpt", "at", "edited_at")
    list_display_links = ("id", "excerpt")
    list_filter = ("deleted", "kind", ("room__kind", RoomKindFilter))
    list_select_related = ("room", "author")
    search_fields = ("text", "author__username", "author__name", "room__slug", "room__name")
    search_help_text = "Text, author or room"
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("room", "author", "said", "reply_to", "at", "edited_at", "deleted")}),
        ("Record", {"fields": ("kind", "event", "client_id", "seq", "first_seq", "text_seq")}),
    )
    inlines = (RevisionInline,)
    actions = ("remove",)
    buttons = ("remove",)

    @admin.display(description="text")
    def excerpt(self, message: Message) -> str:
        if message.deleted:
            return "(removed)"
        if message.event is not None:
            return f"({message.event['name'].replace('_', ' ')})"
        return message.text if len(message.text) <= EXCERPT_CHARS else f"{message.text[:EXCERPT_CHARS]}…"

    @admin.display(description="text")
    def said(self, message: Message) -> str:
        """The whole text, or why there is none."""
        return REMOVED if message.deleted else message.text or self.excerpt(message)

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """The right that Django calls "can delete message": rows are never deleted, they become tombstones."""
        return request.user.has_perm("chat.delete_message")

    def offers(self, name: str, row: Message, request: HttpRequest) -> bool:
        return not row.deleted and row.kind == Message.Kind.TEXT

    def ways(self, row: Message, request: HttpRequest) -> list[Way]:
        return [way_to_list("Changes", Change, message__id__exact=row.pk), way_to_trail(row)]

    @admin.action(description="Remove %(verbose_name_plural)s for everybody", permissions=["remove"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """Asks first: what was said is gone for good."""
        if "confirmed" not in request.POST:
            return self._ask(request, queryset)
        return self.carry_out(
            request,
            queryset.order_by("id"),
            lambda message: delete_message(operator_of(request), message.pk, as_operator=True),
            "removed",
        )

    def _ask(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse:
        chosen = list(queryset.order_by("id")[:OPERATED_AT_ONCE])
        context = {
            **self.admin_site.each_context(request),
            "title": "Remove for everybody?",
            "opts": self.opts,
            "messages_shown": [(message, self.excerpt(message)) for message in chosen[:SHOWN_BEFORE_REMOVAL]],
            "messages_more": max(0, len(chosen) - SHOWN_BEFORE_REMOVAL),
            "chosen": chosen,
            "one": "_one" in request.POST,
        }
        return TemplateResponse(request, "admin/chat/remove.html", context)


@admin.register(Revision)
class RevisionAdmin(RecordAdmin):
    list_display = ("message", "seq", "at", "text")
    search_fields = ("text", "=message__id")
    search_help_text = "Text, or the number of a message"
    list_select_related = ("message",)
    ordering = ("-id",)


@admin.register(Reaction)
class ReactionAdmin(RecordAdmin):
    list_display = ("emoji", "user", "message")
    search_fields = ("=emoji", "user__username", "user__name", "=message__id")
    search_help_text = "Emoji, person, or the number of a message"
    list_select_related = ("user", "message")
    ordering = ("-id",)


@admin.register(Mention)
class MentionAdmin(RecordAdmin):
    list_display = ("message", "room", "user")
    list_select_related = ("message", "room", "user")
    ordering = ("-id",)


@admin.register(CardShown)
class CardShownAdmin(RecordAdmin):
    list_display = ("card_id", "room", "message")
    list_select_related = ("room", "message")
    search_fields = ("=card_id", "=message__id")
    search_help_text = "The number of a card or of a message"
    ordering = ("-id",)


@admin.register(ThreadFollower)
class ThreadFollowerAdmin(RecordAdmin):
    list_display = ("root", "user")
    list_select_related = ("root", "user")
    ordering = ("-id",)
