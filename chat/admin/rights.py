"""Groups of rights and e-mail addresses in the admin: what Django and allauth bring, with a record of each change."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from chat.actions.audit import record
from chat.admin.records import Base, operator_of


class RecordedMixin(Base):
    """Rows that Django's own forms change, each change with an entry of the audit trail in its transaction."""

    def details_of(self, form: "ModelForm[Any]") -> dict[str, object]:
        """What an entry says of a change: which fields, never what stands in them."""
        return {"fields": list(form.changed_data)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not form.has_changed():
            return
        what = f"{self.opts.model_name}_{'changed' if change else 'added'}"
        record(operator_of(request), what, form.instance, **self.details_of(form))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with transaction.atomic():
            record(operator_of(request), f"{self.opts.model_name}_deleted", obj)
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset:
                record(operator_of(request), f"{self.opts.model_name}_deleted", row)
            super().delete_queryset(request, queryset)


admin.site.unregister(Group)
admin.site.unregister(EmailAddress)


@admin.register(Group)
class RightsAdmin(RecordedMixin, GroupAdmin):
    def details_of(self, form: "ModelForm[Any]") -> dict[str, object]:
        return {"rights": sorted(form.cleaned_data["permissions"].values_list("codename", flat=True))}


@admin.register(EmailAddress)
class AddressAdmin(RecordedMixin, EmailAddressAdmin):  # type: ignore[misc]
    @admin.action(description="Mark as confirmed", permissions=["change"])
    def make_verified(self, request: HttpRequest, queryset: QuerySet[EmailAddress]) -> None:
        """Whoever has a confirmed address is sent a link to a new password there."""
        with transaction.atomic():
            for address in queryset.filter(verified=False):
                record(operator_of(request), "emailaddress_changed", address, fields=["verified"])
            super().make_verified(request, queryset)
