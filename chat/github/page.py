"""The page that shows GitHub accounts side by side: a shell; what is in it comes from the views."""

import functools

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from chat.auth import visitor_of

ADDRESS = "github/users"


@require_safe
async def users(request: HttpRequest) -> HttpResponseBase:
    """The page for whoever is signed in, as the overviews are; everybody else may do that and comes back here."""
    user = (await visitor_of(request)).user
    if user is None or user.is_guest:
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    return HttpResponse(_shell(), headers={"Cache-Control": "private, no-cache"})


@functools.cache
def _shell() -> str:
    """The same for everybody."""
    return render_to_string("github/users.html")
