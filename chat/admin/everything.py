"""Deleting everything that one person wrote: a page that asks first, does it in steps, and says how far it is."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from chat.actions.accounts import deactivate_user
from chat.actions.purge import delete_some_by, left_of
from chat.admin.records import Base, operator_of
from chat.models import User

RIGHT = "chat.delete_message"


class EverythingMixin(Base):
    """A page of its own beside a person's: each POST does one step, and a script of the page sends the next.

    Whoever closes the page stops it, and whoever opens it again sees what is left.
    """

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.delete_everything)
        return [path("<int:pk>/everything/", page, name="chat_user_everything"), *super().get_urls()]

    def may_delete_everything(self, request: HttpRequest, person: User) -> bool:
        """Whoever may remove each message. Nobody touches those who have more rights."""
        above = person.is_superuser and not request.user.is_superuser
        return not above and request.user.has_perm(RIGHT) and self.has_view_permission(request, person)

    def delete_everything(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.get_object(request, str(pk))
        if person is None or not self.may_delete_everything(request, person):
            raise PermissionDenied
        done = self._go_on(request, person) if request.method == "POST" else 0
        left = left_of(person)
        if request.method == "POST" and not left.changes:
            return self._finished(request, person, done)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Delete everything by {person}",
            "opts": self.opts,
            "person": person,
            "left": left,
            "done": done,
            "all": done + left.changes,
            "going_on": request.method == "POST",
            "may_close": self._may_close(request, person),
        }
        return TemplateResponse(request, "admin/chat/everything.html", context)

    def _go_on(self, request: HttpRequest, person: User) -> int:
        """One step; returns how many messages were changed since the page was opened, which it tells us itself."""
        if "deactivate" in request.POST and self._may_close(request, person):
            deactivate_user(person, by=operator_of(request))
        before = request.POST.get("done", "")
        return (int(before) if before.isdecimal() else 0) + delete_some_by(person, operator_of(request))

    def _may_close(self, request: HttpRequest, person: User) -> bool:
        mine = person.pk == request.user.pk
        return person.is_active and not mine and self.has_change_permission(request, person)

    def _finished(self, request: HttpRequest, person: User, done: int) -> HttpResponse:
        noun = "message" if done == 1 else "messages"
        self.message_user(
            request, f"Everything by {person} is deleted: {done} {noun} changed.", messages.SUCCESS
        )
        self.log_change(request, person, "Everything by this person deleted.")
        return HttpResponseRedirect(reverse("admin:chat_user_change", args=[person.pk]))
