"""Subscriptions of rooms in the admin: they are read, and ended by deleting them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chat.admin.records import RecordAdmin, Way, operator_of, way_to_list
from chat.github.models import Gathering, RoomSetting, Subscription
from chat.github.subscriptions.changes import end_subscription
from chat.models import AuditEntry


@admin.register(Subscription)
class SubscriptionAdmin(RecordAdmin):
    list_display = ("repository", "room", "told", "private", "by", "at")
    list_filter = (*Subscription.TOPICS, "private")
    list_select_related = ("room", "by")
    search_fields = ("repository", "room__name", "room__slug")
    ordering = ("repository", "room")
    fields = ("room", "repository", "private", "told", "labels", "branches", "by", "at")
    readonly_fields = fields

    @admin.display(description="what is told")
    def told(self, subscription: Subscription) -> str:
        return ", ".join(subscription.topics)

    def ways(self, row: Subscription, request: HttpRequest) -> list[Way]:
        return [way_to_list("Audit trail of the room", AuditEntry, target_type="room", target_id=row.room_id)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("chat_github.delete_subscription")

    def delete_model(self, request: HttpRequest, obj: Subscription) -> None:
        end_subscription(operator_of(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for subscription in queryset.select_related("room"):
            end_subscription(operator_of(request), subscription)


@admin.register(RoomSetting)
class RoomSettingAdmin(RecordAdmin):
    list_display = ("room", "default_repository", "mutes_bots")
    list_select_related = ("room",)
    search_fields = ("room__name", "room__slug", "default_repository")
    ordering = ("room",)


@admin.register(Gathering)
class GatheringAdmin(RecordAdmin):
    list_display = ("key", "room", "root")
    list_select_related = ("room", "root")
    search_fields = ("key", "room__name", "room__slug")
    ordering = ("-root",)
