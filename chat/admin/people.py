"""People and their tokens in the admin: accounts are made, closed and opened again; tokens are revoked."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from chat.actions.accounts import (
    create_account,
    deactivate_user,
    reactivate_user,
    renew_session,
    revoke_token,
)
from chat.actions.accounts.oversight import end_all_sessions, note_change, note_password
from chat.actions.accounts.profiles import change_profile
from chat.admin.everything import RIGHT, EverythingMixin
from chat.admin.records import (
    RecordAdmin,
    Way,
    operator_of,
    way_to_add,
    way_to_list,
    way_to_trail,
)
from chat.admin.reset_links import ResetLinksMixin
from chat.errors import ChatError
from chat.models import AuditEntry, Ban, Invitation, Membership, Message, SignIn, Token, User

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
class PersonAdmin(EverythingMixin, ResetLinksMixin, UserBase):
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
    actions = ("deactivate", "reactivate", "sign_out", "reset_link")
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
            if "name" in columns:
                columns.remove("name")
                self._rename(request, obj)
            obj.save(update_fields=columns)
            return
        password = form.cleaned_data["password1"] if form.cleaned_data["set_usable_password"] else None
        made = create_account(obj.username, password, name=obj.name, email=obj.email, by=operator_of(request))
        obj.__dict__.update(made.__dict__)

    def _rename(self, request: HttpRequest, person: User) -> None:
        """By the action, which tells open pages."""
        try:
            change_profile(person, name=person.name)
        except ChatError as error:
            self.message_user(request, error.detail, messages.ERROR)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            note_change(form.instance, changed, by=operator_of(request))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Sockets of the person's sessions close. Django gives the operator's own session another key with it."""
        if request.method != "POST":
            return super().user_change_password(request, id, form_url)
        with transaction.atomic():
            before = self.get_object(request, id)
            response = super().user_change_password(request, id, form_url)
            after = self.get_object(request, id)
            if before is not None and after is not None and before.password != after.password:
                renew_session(operator_of(request), request.COOKIES.get(settings.SESSION_COOKIE_NAME))
                note_password(after, by=operator_of(request))
        return response

    def offers(self, name: str, row: User, request: HttpRequest) -> bool:
        if name in ("sign_out", "reset_link"):
            right_kind = name == "sign_out" or row.kind == User.Kind.USER
            return row != request.user and row.is_active and right_kind
        return row != request.user and row.is_active == (name == "deactivate")

    def ways(self, row: User, request: HttpRequest) -> list[Way]:
        everything = reverse("admin:chat_user_everything", args=[row.pk])
        may = self.may_delete_everything(request, row)
        return [
            *([Way("Delete everything…", everything, RIGHT)] if may else []),
            way_to_add("Ban from a room…", Ban, user=row.pk),
            way_to_list("Messages", Message, author__id__exact=row.pk),
            way_to_list("Rooms", Membership, user__id__exact=row.pk),
            way_to_list("Bans", Ban, user__id__exact=row.pk),
            way_to_list("Tokens", Token, user__id__exact=row.pk),
            way_to_list("Deeds", AuditEntry, actor__id__exact=row.pk),
            way_to_trail(row),
        ]

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

    @admin.action(description="Sign out %(verbose_name_plural)s everywhere", permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        people = self._within_reach(request, queryset)
        return self.carry_out(
            request, people, lambda person: end_all_sessions(person, by=operator_of(request)), "signed out"
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


@admin.register(SignIn)
class SignInAdmin(RecordAdmin):
    """Without the keys, which would let their reader in."""

    list_display = ("user", "browser", "address", "at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "address")
    search_help_text = "Person or address"
    fields = list_display
    ordering = ("-id",)


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin):
    list_display = ("by", "room", "created_at", "expires_at", "uses_left")
    list_select_related = ("by", "room")
    search_fields = ("by__username", "by__name", "room__name", "room__slug")
    search_help_text = "Person or room"
    fields = list_display
    ordering = ("-id",)
