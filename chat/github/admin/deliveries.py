"""The ledger of webhooks in the admin: what came, what became of it, and having what failed worked off again."""

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from chat.actions.audit import record
from chat.admin.records import RecordAdmin, operator_of
from chat.github.hooks import ledger
from chat.github.models import Delivery
from chat.models import User

ERROR_CHARS_LISTED = 80
# The part of GitHub's ids that tells two deliveries apart; whole, they leave the list no room for what matters.
ID_CHARS_LISTED = 8


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    """What a delivery said is not shown: it may be of a repository that the operator could not see."""

    list_display = (
        *("short_id", "state", "event", "action", "repository"),
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

    @admin.display(description="delivery", ordering="delivery_id")
    def short_id(self, delivery: Delivery) -> str:
        """Its beginning; the whole one where one points at it, and on the page of the delivery."""
        whole = delivery.delivery_id
        short = whole if len(whole) <= ID_CHARS_LISTED else f"{whole[:ID_CHARS_LISTED]}…"
        return format_html('<span title="{}">{}</span>', whole, short)

    @admin.display(description="last error")
    def error_line(self, delivery: Delivery) -> str:
        """The first line; the page of the delivery shows all of it."""
        return delivery.error.partition("\n")[0][:ERROR_CHARS_LISTED]

    @admin.display(description="next attempt", ordering="due_at")
    def next_attempt(self, delivery: Delivery) -> str:
        """In words: on the page of a row the admin writes only a field's own times as it writes times."""
        due_at = delivery.due_at if delivery.state == Delivery.State.WAITING else None
        return display_for_value(due_at, self.get_empty_value_display())

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
