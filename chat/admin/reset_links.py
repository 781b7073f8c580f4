"""A link to a new password that an operator makes on the person's page, sees once and hands over."""

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from chat.actions.accounts import make_reset_link
from chat.admin.records import OperationsMixin, operator_of
from chat.auth import public_address
from chat.errors import ChatError
from chat.models import User

SECONDS_PER_HOUR = 3600


class ResetLinksMixin(OperationsMixin):
    """One person at a time: a page with many links would be handed to the wrong one."""

    @admin.action(description="Make a password reset link", permissions=["change"])
    def reset_link(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        people = list(queryset[:2])
        if len(people) != 1:
            self.message_user(request, "A link is for one person; choose one.", messages.ERROR)
            return None
        try:
            path = make_reset_link(people[0], by=operator_of(request))
        except ChatError as error:
            self.message_user(request, f"{people[0]}: {error.detail}", messages.ERROR)
            return self._back(request)
        self.log_change(request, people[0], "Password reset link made.")
        return self._shown(request, people[0], public_address(request, path))

    def _shown(self, request: HttpRequest, person: User, link: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "A link to a new password",
            "person": person,
            "link": link,
            "hours": settings.PASSWORD_RESET_TIMEOUT // SECONDS_PER_HOUR,
        }
        response = TemplateResponse(request, "admin/chat/reset_link.html", context)
        add_never_cache_headers(response)
        return response
