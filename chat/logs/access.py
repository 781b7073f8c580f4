"""One line for each request and each socket, when it ends."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from chat.logs.context import about

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def access_log(get_response: Handler) -> Handler:
    """Every line inside is about the request; the last one tells its status and how long it took."""
    if iscoroutinefunction(get_response):
        handle_async = cast(Callable[[HttpRequest], Awaitable[HttpResponseBase]], get_response)

        async def asynchronously(request: HttpRequest) -> HttpResponseBase:
            began = time.perf_counter()
            with about(request=request):
                response = await handle_async(request)
                _write("request", began, status=response.status_code)
            return response

        return asynchronously

    handle = cast(Callable[[HttpRequest], HttpResponseBase], get_response)

    def synchronously(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with about(request=request):
            response = handle(request)
            _write("request", began, status=response.status_code)
        return response

    return synchronously


def request_ended(began: float, status: int) -> None:
    """A request that began then (time.perf_counter) was answered without the middleware."""
    _write("request", began, status=status)


def socket_ended(began: float, server: int | None, client: int | None, **fields: object) -> None:
    """A socket that was open since `began` (time.perf_counter) has ended, with the code of one side."""
    by, code = ("server", server) if server is not None or client is None else ("client", client)
    _write("socket", began, by=by, code=code, **fields)


def _write(what: str, began: float, **fields: object) -> None:
    fields["duration_ms"] = round((time.perf_counter() - began) * 1000, 1)
    logger.info("%s ended", what, extra=fields)
