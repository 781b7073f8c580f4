"""The page on which one sees where one is signed in and which programs have a token, and ends either."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from chat import limits
from chat.accounts.forms import TokenForm
from chat.accounts.views import MembersOnly, show_refusal
from chat.actions.accounts import (
    create_own_token,
    revoke_other_sessions,
    revoke_own_token,
    revoke_session,
)
from chat.errors import ChatError, NotFound
from chat.history.accounts import sessions_of, tokens_of
from chat.models import User
from chat.protocol.commands import LARGEST_ID


@method_decorator(never_cache, name="dispatch")
class OwnSessionsView(MembersOnly, LoginRequiredMixin, View):
    """Each button posts its own field here: `session`, `others` or `token`; the form for a new token posts none."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, TokenForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        user = _person(request)
        try:
            if "others" in request.POST:
                revoke_other_sessions(user, request.session.session_key)
            elif "session" in request.POST:
                revoke_session(user, _number(request.POST["session"]))
            elif "token" in request.POST:
                revoke_own_token(user, _number(request.POST["token"]))
            else:
                return self._make_token(request, user)
        except NotFound:
            # Another tab was quicker; the list shows how it is now.
            pass
        return redirect(request.path)

    def _make_token(self, request: HttpRequest, user: User) -> HttpResponse:
        """The page with the new token, this once: it is not shown again."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            return _page(request, form)
        try:
            limits.take("secret", user.pk)
            _, secret = create_own_token(user, form.cleaned_data["label"], form.cleaned_data["days"])
        except ChatError as error:
            show_refusal(form, error)
            return _page(request, form)
        return _page(request, TokenForm(), made=secret)


def _page(request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    user = _person(request)
    seen = {"sessions": sessions_of(user), "tokens": tokens_of(user), "form": form}
    here = request.session.session_key
    return render(request, "account/sessions.html", {**seen, "here": here, **context})


def _person(request: HttpRequest) -> User:
    """Who is signed in, as the mixins have made sure."""
    assert isinstance(request.user, User)
    return request.user


def _number(text: str) -> int:
    """The id that a button holds; anything else names nothing."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
    return min(number, LARGEST_ID)
