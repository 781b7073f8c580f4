"""People and their tokens in the admin: accounts are made, closed and opened again; tokens are revoked."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions.accounts import (
    check_sessions,
    create_account,
    deactivate_user,
    reactivate_user,
    renew_session,
    revoke_token,
)
from chat.admin.records import OperationsMixin, RecordAdmin, operator_of
from chat.models import Invitation, Token, User

# Only those who have all rights give rights.
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
DIGEST_CHARS_SHOWN = 8

if TYPE_CHECKING:
    UserBase = UserAdmin[User]
else:
    UserBase = UserAdmin


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name", "email")


@admin.register(User)
class PersonAdmin(OperationsMixin, UserBase):
    add_form = NewUserForm
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "email", "usable_password", "password1", "password2"),
            },
        ),
    )
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "password")}),
        ("Account", {"fields": ("kind", "active", "date_joined", "last_login")}),
        ("Rights", {"fields": RIGHTS}),
    )
    readonly_fields = ("username", "kind", "active", "date_joined", "last_login")
    list_display = ("username", "name", "kind", "email", "active", "is_staff", "last_login")
    list_filter = ("kind", "is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("username", "name", "email")
    show_full_result_count = False
    actions = ("deactivate", "reactivate")
    buttons = actions

    @admin.display(description="active", boolean=True)
    def active(self, user: User) -> bool:
        """Changed by the operations, so without Django's advice to untick it."""
        return user.is_active

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """One's own rights too: whoever gives up the last superuser's would hand them to the first comer."""
        if obj is None:
            return ()
        rights = () if request.user.is_superuser and obj != request.user else RIGHTS
        return (*self.readonly_fields, *rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody touches the account of somebody who has more rights."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """What people wrote and set stays, and so do they. Accounts are closed instead."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            columns = [name for name in form.changed_data if not obj._meta.get_field(name).many_to_many]
            obj.save(update_fields=columns)
            return
        password = form.cleaned_data["password1"] if form.cleaned_data["set_usable_password"] else None
        made = create_account(obj.username, password, name=obj.name, email=obj.email, by=operator_of(request))
        obj.__dict__.update(made.__dict__)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Sockets of the person's sessions close. Django gives the operator's own session another key with it."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            renew_session(operator_of(request), request.COOKIES.get(settings.SESSION_COOKIE_NAME))
            if (person := self.get_object(request, id)) is not None:
                check_sessions(person)
        return response

    def offers(self, name: str, row: User, request: HttpRequest) -> bool:
        return row != request.user and row.is_active == (name == "deactivate")

    @admin.action(description="Deactivate %(verbose_name_plural)s", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        people = self._within_reach(request, queryset).filter(is_active=True)
        return self.carry_out(
            request, people, lambda person: deactivate_user(person, by=operator_of(request)), "deactivated"
        )

    @admin.action(description="Reactivate %(verbose_name_plural)s", permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        people = self._within_reach(request, queryset).filter(is_active=False)
        return self.carry_out(
            request, people, lambda person: reactivate_user(person, by=operator_of(request)), "reactivated"
        )

    def _within_reach(self, request: HttpRequest, people: QuerySet[User]) -> QuerySet[User]:
        return people if request.user.is_superuser else people.filter(is_superuser=False)


@admin.register(Token)
class TokenAdmin(RecordAdmin):
    list_display = ("user", "label", "beginning", "created_at", "expires_at")
    list_filter = (("expires_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "label")
    search_help_text = "Person or label"
    fields = ("user", "label", "beginning", "created_at", "expires_at")
    ordering = ("-id",)

    @admin.display(description="digest")
    def beginning(self, token: Token) -> str:
        """Enough to tell two tokens apart, too little to be worth anything."""
        return f"{token.digest[:DIGEST_CHARS_SHOWN]}…"

    def has_delete_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return request.user.has_perm("chat.delete_token")

    def delete_model(self, request: HttpRequest, obj: Token) -> None:
        revoke_token(obj, by=operator_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        for token in queryset:
            revoke_token(token, by=operator_of(request))


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin):
    list_display = ("by", "room", "created_at", "expires_at", "uses_left")
    list_select_related = ("by", "room")
    search_fields = ("by__username", "by__name", "room__name", "room__slug")
    search_help_text = "Person or room"
    fields = list_display
    ordering = ("-id",)
