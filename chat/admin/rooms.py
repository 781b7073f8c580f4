"""Rooms and who belongs to them in the admin; operators may archive and reopen a room."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions.rooms import archive_room
from chat.admin.records import RecordAdmin, operator_of
from chat.models import Ban, Membership, Room


@admin.register(Room)
class RoomAdmin(RecordAdmin):
    list_display = ("name", "slug", "kind", "member_count", "seq", "is_archived", "created_at")
    list_filter = ("kind", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "topic")
    ordering = ("name",)
    fields = (("name", "slug"), "topic", ("kind", "member_count", "seq"), ("created_at", "archived_at"))
    actions = ("archive", "reopen")
    buttons = actions

    @admin.display(description="archived", boolean=True)
    def is_archived(self, room: Room) -> bool:
        return room.archived

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_room")

    def offers(self, name: str, row: Room, request: HttpRequest) -> bool:
        return row.archived == (name == "reopen")

    @admin.action(description="Archive %(verbose_name_plural)s", permissions=["archive"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Room]) -> HttpResponse | None:
        return self._switch(request, queryset, True, "archived")

    @admin.action(description="Reopen %(verbose_name_plural)s", permissions=["archive"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Room]) -> HttpResponse | None:
        return self._switch(request, queryset, False, "reopened")

    def _switch(
        self, request: HttpRequest, queryset: QuerySet[Room], on: bool, what: str
    ) -> HttpResponse | None:
        rooms = queryset.filter(archived_at__isnull=on)
        return self.carry_out(
            request,
            rooms,
            lambda room: archive_room(operator_of(request), room.slug, on, as_operator=True),
            what,
        )


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    list_display = ("room", "user", "role", "notify", "joined_at")
    list_filter = ("role", "room__kind")
    list_select_related = ("room", "user")
    search_fields = ("room__name", "room__slug", "user__username", "user__name")
    search_help_text = "Room or person"
    ordering = ("room", "user")


@admin.register(Ban)
class BanAdmin(RecordAdmin):
    list_display = ("room", "user", "by", "reason", "at")
    list_select_related = ("room", "user", "by")
    search_fields = ("room__name", "room__slug", "user__username", "user__name", "reason")
    search_help_text = "Room, person or reason"
    ordering = ("-id",)
