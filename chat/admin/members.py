"""Who belongs to which room and who is kept out, in the admin; operators set owners, add, remove, ban and unban."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from chat.actions.rooms import add_members, ban_user, remove_member, set_role, unban_user
from chat.admin.records import RecordAdmin, operator_of
from chat.errors import ChatError
from chat.models import Ban, Membership


class AddedByAnAction(RecordAdmin):
    """Rows that an action makes of what the form says; a refusal leads back to the form as it was filled in."""

    autocomplete_fields = ("room", "user")
    add_fields: tuple[str, ...] = ()

    def make(self, request: HttpRequest, row: Any) -> None:
        """Do what the form says."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"chat.add_{self.opts.model_name}")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.add_fields if obj is None else self.list_display

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except ChatError as error:
            self.message_user(request, error.detail, messages.ERROR)
            filled = {name: request.POST[name] for name in self.add_fields if name in request.POST}
            query = request.GET.copy()
            query.update(filled)
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        self.make(request, obj)
        made = self.model.objects.get(room=form.cleaned_data["room"], user=form.cleaned_data["user"])
        obj.__dict__.update(made.__dict__)


@admin.register(Membership)
class MembershipAdmin(AddedByAnAction):
    list_display = ("room", "user", "role", "notify", "joined_at")
    list_filter = ("role", "room__kind")
    list_select_related = ("room", "user")
    search_fields = ("room__name", "room__slug", "user__username", "user__name")
    search_help_text = "Room or person"
    ordering = ("room", "user")
    add_fields = ("room", "user", "role")
    actions = ("make_owner", "make_moderator", "make_member", "remove")
    buttons = actions

    def make(self, request: HttpRequest, row: Membership) -> None:
        add_members(operator_of(request), row.room.slug, [row.user_id], role=row.role, as_operator=True)

    def has_role_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_membership")

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.delete_membership")

    def offers(self, name: str, row: Membership, request: HttpRequest) -> bool:
        return name != f"make_{row.role}"

    @admin.action(description="Make owner", permissions=["role"])
    def make_owner(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        return self._set_role(request, queryset, Membership.Role.OWNER)

    @admin.action(description="Make moderator", permissions=["role"])
    def make_moderator(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        return self._set_role(request, queryset, Membership.Role.MODERATOR)

    @admin.action(description="Make plain member", permissions=["role"])
    def make_member(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        return self._set_role(request, queryset, Membership.Role.MEMBER)

    @admin.action(description="Remove from the room", permissions=["remove"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:
        return self.carry_out(
            request,
            queryset.select_related("room"),
            lambda row: remove_member(operator_of(request), row.room.slug, row.user_id, as_operator=True),
            "removed",
        )

    def _set_role(
        self, request: HttpRequest, queryset: QuerySet[Membership], role: Membership.Role
    ) -> HttpResponse | None:
        return self.carry_out(
            request,
            queryset.exclude(role=role).select_related("room"),
            lambda row: set_role(operator_of(request), row.room.slug, row.user_id, role, as_operator=True),
            f"given the role {role.value}",
        )


@admin.register(Ban)
class BanAdmin(AddedByAnAction):
    list_display = ("room", "user", "by", "reason", "at")
    list_select_related = ("room", "user", "by")
    search_fields = ("room__name", "room__slug", "user__username", "user__name", "reason")
    search_help_text = "Room, person or reason"
    ordering = ("-id",)
    add_fields = ("room", "user", "reason")
    actions = ("lift",)
    buttons = actions

    def make(self, request: HttpRequest, row: Ban) -> None:
        ban_user(
            operator_of(request), row.room.slug, row.user_id, reason=row.reason.strip(), as_operator=True
        )

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.delete_ban")

    @admin.action(description="Lift %(verbose_name_plural)s", permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Ban]) -> HttpResponse | None:
        return self.carry_out(
            request,
            queryset.select_related("room"),
            lambda ban: unban_user(operator_of(request), ban.room.slug, ban.user_id, as_operator=True),
            "lifted",
        )
