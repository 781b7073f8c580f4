"""The page that makes the first administrator."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from chat import limits
from chat.accounts.forms import FirstAdministratorForm
from chat.accounts.gate import is_from_this_machine
from chat.accounts.guests import GuestsWelcome, guest_of
from chat.accounts.views import say, show_refusal
from chat.actions.accounts.first_admin import check_setup_code, is_needed, make_first_administrator
from chat.errors import ChatError, Conflict

if TYPE_CHECKING:
    Base = FormView[FirstAdministratorForm]
else:
    Base = FormView


@method_decorator([never_cache, sensitive_post_parameters("password1", "code")], name="dispatch")
class FirstAdministratorView(GuestsWelcome, Base):
    form_class = FirstAdministratorForm
    template_name = "account/first_administrator.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if is_needed() else redirect("index")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if is_needed() else self._too_late()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "with_code": not is_from_this_machine(self.request)}

    def form_valid(self, form: FirstAdministratorForm) -> HttpResponse:
        try:
            self._make(form)
        except ChatError as error:
            if isinstance(error, Conflict) and error.field is None:
                return self._too_late()
            show_refusal(form, error)
            return self.render_to_response(self.get_context_data(form=form), status=error.status)
        return redirect("index")

    def _make(self, form: FirstAdministratorForm) -> None:
        data = form.cleaned_data
        if "code" in data:
            # Right codes count too: whoever ran out of attempts must not learn anything from the next.
            limits.take("setup_code", self.request.META.get("REMOTE_ADDR"))
            check_setup_code(data["code"])
        user = make_first_administrator(
            data["username"], data["password1"], data["name"], guest_of(self.request)
        )
        login(self.request, user)

    def _too_late(self) -> HttpResponse:
        return say(
            self.request,
            "There is an administrator already",
            "Somebody else has just made the administrator account. Sign in with yours, or ask them for one.",
            status=409,
            way=reverse("account_login"),
            way_label="Sign in",
        )
