"""The ledger of webhooks in the admin: what came, what became of it, and having what failed worked off again."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions.audit import record
from chat.admin.records import RecordAdmin, operator_of
from chat.github.hooks import ledger
from chat.github.models import Delivery
from chat.models import User

ERROR_CHARS_LISTED = 80


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    """What a delivery said is not shown: it may be of a repository that the operator could not see."""

    list_display = (
        *("delivery_id", "event", "action", "repository", "state"),
        *("received_at", "came", "attempts", "error_line", "next_attempt"),
    )
    list_filter = ("state", "event", "received_at")
    search_fields = ("delivery_id", "repository")
    ordering = ("-id",)
    fields = (
        *("delivery_id", ("event", "action"), "repository", "state", ("received_at", "ended_at", "came")),
        *(("attempts", "next_attempt"), "error", ("size", "content_kept"), "key"),
    )
    actions = ("work_off_again",)
    buttons = actions

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without the contents, which are long."""
        return super().get_queryset(request).defer("payload")

    @admin.display(description="last error")
    def error_line(self, delivery: Delivery) -> str:
        """The first line; the page of the delivery shows all of it."""
        return delivery.error.partition("\n")[0][:ERROR_CHARS_LISTED]

    @admin.display(description="next attempt", ordering="due_at")
    def next_attempt(self, delivery: Delivery) -> Any:
        return delivery.due_at if delivery.state == Delivery.State.WAITING else None

    @admin.display(description="content kept", boolean=True)
    def content_kept(self, delivery: Delivery) -> bool:
        return delivery.payload is not None

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat_github.change_delivery")

    def offers(self, name: str, row: Delivery, request: HttpRequest) -> bool:
        return ledger.may_retry(row)

    @admin.action(description="Work off %(verbose_name_plural)s again", permissions=["retry"])
    def work_off_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse | None:
        """Whichever process runs jobs begins within half a minute; this request does not wait for it."""
        operator = operator_of(request)
        return self.carry_out(
            request, queryset, lambda delivery: _retry(operator, delivery), "to be worked off soon"
        )


def _retry(operator: User, delivery: Delivery) -> None:
    with transaction.atomic():
        ledger.retry(delivery)
        record(operator, "delivery_retried", delivery)
