"""Which door a request came in by, told to the audit trail: the admin, or any other page. The API says so itself."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware

from chat.actions.audit import coming_from
from chat.auth import address_of

Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def named_door(get_response: Handler) -> Handler:
    """Whatever the request does is recorded with its door and address; async-native, so that it costs no thread hop."""
    if iscoroutinefunction(get_response):
        handle_async = cast(Callable[[HttpRequest], Awaitable[HttpResponseBase]], get_response)

        async def asynchronously(request: HttpRequest) -> HttpResponseBase:
            with _door_of(request):
                return await handle_async(request)

        return asynchronously

    handle = cast(Callable[[HttpRequest], HttpResponseBase], get_response)

    def synchronously(request: HttpRequest) -> HttpResponseBase:
        with _door_of(request):
            return handle(request)

    return synchronously


def _door_of(request: HttpRequest) -> AbstractContextManager[None]:
    in_admin = request.path_info.startswith(reverse("admin:index"))
    return coming_from("admin" if in_admin else "web", address_of(request))
