"""Rooms in the admin; operators may archive and reopen them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions.rooms import archive_room
from chat.admin.records import RecordAdmin, Way, operator_of, way_to_add, way_to_list, way_to_trail
from chat.models import Ban, Membership, Message, Room


@admin.register(Room)
class RoomAdmin(RecordAdmin):
    list_display = ("name", "slug", "kind", "member_count", "seq", "is_archived", "created_at")
    list_filter = ("kind", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "topic")
    ordering = ("name",)
    fields = ("name", "slug", "topic", "kind", "member_count", "seq", "created_at", "archived_at")
    actions = ("archive", "reopen")
    buttons = actions

    @admin.display(description="archived", boolean=True)
    def is_archived(self, room: Room) -> bool:
        return room.archived

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_room")

    def ways(self, row: Room, request: HttpRequest) -> list[Way]:
        return [
            way_to_list("Messages", Message, room__id__exact=row.pk),
            way_to_list("Members", Membership, room__id__exact=row.pk),
            way_to_list("Bans", Ban, room__id__exact=row.pk),
            way_to_add("Ban somebody…", Ban, room=row.pk),
            way_to_add("Add a member or owner…", Membership, room=row.pk),
            way_to_trail(row),
        ]

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
