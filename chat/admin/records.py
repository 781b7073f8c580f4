"""What all pages of the admin share: rows that are only read, and operations that go through chat.actions."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from chat.errors import ChatError
from chat.models import AuditEntry, User

# Only the type checker knows admins of a certain model.
if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
else:
    Base = admin.ModelAdmin
    Inline = admin.TabularInline

# Of one click. More are done in several, so that no request runs for minutes.
OPERATED_AT_ONCE = 500


class Way(NamedTuple):
    """A link from the page of a row, for whoever has the `right`."""

    label: str
    url: str
    right: str


def way_to_list(label: str, model: type[Model], **asking: object) -> Way:
    """To those rows of a model for which these lookups hold."""
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist", query=asking)
    return Way(label, url, f"{opts.app_label}.{get_permission_codename('view', opts)}")


def way_to_add(label: str, model: type[Model], **filled: object) -> Way:
    """To the form of a new row, with these fields filled in."""
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_add", query=filled)
    return Way(label, url, f"{opts.app_label}.{get_permission_codename('add', opts)}")


def way_to_trail(row: Model) -> Way:
    """To what was done to this row."""
    return way_to_list("Audit trail", AuditEntry, target_type=row._meta.model_name, target_id=row.pk)


def operator_of(request: HttpRequest) -> User:
    """Who acts. The admin has let nobody in who is not signed in."""
    assert isinstance(request.user, User)
    return request.user


class OperationsMixin(Base):
    """Operations are Django's admin actions; those in `buttons` also stand on the page of a single row."""

    change_form_template = "admin/chat/record.html"
    buttons: ClassVar[tuple[str, ...]] = ()

    def offers(self, name: str, row: Any, request: HttpRequest) -> bool:
        """Whether the operation would change something about this row."""
        return True

    def ways(self, row: Any, request: HttpRequest) -> list[Way]:
        """Where one goes from the page of this row."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        if row is not None:
            actions = self.get_actions(request)
            context["operations"] = [
                (name, self.get_action_label(name, actions))
                for name in self.buttons
                if name in actions and self.offers(name, row, request)
            ]
            context["selected_name"] = ACTION_CHECKBOX_NAME
            context["ways"] = [way for way in self.ways(row, request) if request.user.has_perm(way.right)]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_action_label(self, name: str, actions: dict[str, Any]) -> str:
        """Of a button: what it does to this one row."""
        return str(actions[name][2] % {"verbose_name_plural": f"this {self.opts.verbose_name}"})

    def carry_out(
        self, request: HttpRequest, rows: Iterable[Any], work: Callable[[Any], object], what: str
    ) -> HttpResponse | None:
        """Do the work for each row and log it; a row that refuses is named, and the others go on."""
        done: list[Model] = []
        for row in list(rows)[:OPERATED_AT_ONCE]:
            try:
                work(row)
            except ChatError as error:
                self.message_user(request, f"{row}: {error.detail}", messages.ERROR)
            else:
                self.log_change(request, row, f"{what.capitalize()}.")
                done.append(row)
        if done:
            noun = self.opts.verbose_name if len(done) == 1 else self.opts.verbose_name_plural
            self.message_user(request, f"{len(done)} {noun} {what}.", messages.SUCCESS)
        return self._back(request)

    def _back(self, request: HttpRequest) -> HttpResponse | None:
        """To the page of the row, where that is where the button was and the row is still there; else to the list."""
        if "_one" not in request.POST or self.get_object(request, request.POST[ACTION_CHECKBOX_NAME]) is None:
            return None
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[request.POST[ACTION_CHECKBOX_NAME]]))


class RecordAdmin(OperationsMixin):
    """Rows that nobody adds, edits or deletes here."""

    # Counting a million rows only to say "of a million" would cost more than the page.
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
