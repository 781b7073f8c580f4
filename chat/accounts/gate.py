"""While there is no administrator, some pages lead to the one that makes one."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from chat import database
from chat.actions.accounts.first_admin import is_needed
from chat.errors import Unavailable
from chat.peers import is_loopback, is_of_another_user, is_proxied

View = Callable[..., HttpResponseBase]
AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def behind_the_gate(view: View) -> View:
    """The view, or while nobody can administrate the page that makes the first administrator."""

    @wraps(view)
    def synchronously(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _leads_to_the_admin(request) and is_needed():
            return redirect("account_first_administrator")
        return view(request, *args, **kwargs)

    return synchronously


def behind_the_gate_async(view: AsyncView) -> AsyncView:
    """The same for an async view. Without the database the page comes as ever, and says so itself."""

    @wraps(view)
    async def asynchronously(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if await database.call(is_needed):
                return redirect("account_first_administrator")
        except Unavailable:
            pass
        return await view(request, *args, **kwargs)

    return asynchronously


def is_from_this_machine(request: HttpRequest) -> bool:
    """Whether whoever asks surely sits at the machine itself.

    Behind a proxy of the same machine everybody has a loopback address. A proxy shows by its headers, by asking
    under a name, by being another user of the machine, or by a setting that only makes sense with one:
    PUBLIC_ORIGIN, TRUSTED_PROXIES. What shows none of these is the person at the machine.
    """
    if settings.PUBLIC_ORIGIN or settings.TRUSTED_PROXIES or is_proxied(request):
        return False
    if not _is_here(request.META.get("REMOTE_ADDR") or "") or not _is_here(request.get_host()):
        return False
    return not is_of_another_user(request)


def _leads_to_the_admin(request: HttpRequest) -> bool:
    """The admin's sign-in is this page too, and whoever administrates in part never waits for a superuser."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target.startswith(reverse("admin:index"))


def _is_here(host: str) -> bool:
    """Of an address or name, with or without a port."""
    name = (host.rpartition(":")[0] if _has_port(host) else host).strip("[]")
    return name == "localhost" or is_loopback(name)


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and (host.count(":") == 1 or "]:" in host)
