"""The pages: shells, the same for everybody and kept in memory; what is in them comes by the API and the socket."""

import functools
import hashlib
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

# The modules that a page needs at once, below static/; the scripts without imports belong to other pages.
SCRIPTS = ("js", "vendor/lit", "vendor/lit-element", "vendor/lit-html", "vendor/reactive-element")
ELSEWHERE = {"theme.js", "reveal.js", "go-on.js"}


class Shell(NamedTuple):
    """A rendered page and its ETag."""

    body: bytes
    etag: str


@require_safe
async def index(request: HttpRequest) -> HttpResponseBase:
    """The list of rooms."""
    return _answer(request, "chat/index.html")


@require_safe
async def room(request: HttpRequest, room_name: str) -> HttpResponseBase:
    """One room; whether it exists, and for whom, the API tells."""
    return _answer(request, "chat/room.html")


def _answer(request: HttpRequest, template: str) -> HttpResponseBase:
    shell = _shell(template)
    # The page's script sends the token back, so the cookie must be there.
    get_token(request)
    response = HttpResponse(shell.body, headers={"ETag": shell.etag, "Cache-Control": "no-cache"})
    return get_conditional_response(request, etag=shell.etag, response=response) or response


@functools.cache
def _shell(template: str) -> Shell:
    static = settings.BASE_DIR / "static"
    scripts = [
        path
        for folder in SCRIPTS
        for path in sorted((static / folder).rglob("*.js"))
        if path.name not in ELSEWHERE
    ]
    modules = [path.relative_to(static).as_posix() for path in scripts]
    body = render_to_string(template, {"modules": modules, "pages": _pages_of_other_apps()}).encode()
    return Shell(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _pages_of_other_apps() -> list[tuple[str, str]]:
    """Address and name of what the account menu leads to besides: the `pages` of each app's AppConfig."""
    return [page for app in apps.get_app_configs() for page in getattr(app, "pages", ())]
