"""Rights, e-mail addresses and linked accounts in the admin: what Django and allauth bring, each change recorded."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from chat.actions.audit import record
from chat.admin.records import Base, RecordAdmin, operator_of


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
# Nobody looks at tokens, and the credentials of services stand in the settings.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])


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


@admin.register(SocialAccount)
class LinkedAccountAdmin(RecordedMixin, RecordAdmin):
    """Who is who elsewhere. Deleting a link forgets its token; the account here stays."""

    list_display = ("user", "provider", "name_there", "date_joined")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "uid")
    fields = ("user", "provider", "name_there", "uid", "date_joined", "last_login")

    @admin.display(description="Name there")
    def name_there(self, account: SocialAccount) -> str:
        return str(account.extra_data.get("login", ""))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Base.has_delete_permission(self, request, obj)
