"""JSON answers of the HTTP doors, and the one form of an error there."""

import math
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import msgspec
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from chat.errors import ChatError, Unauthenticated

JSON = "application/json"
NDJSON, SERVER_SENT_EVENTS = "application/x-ndjson", "text/event-stream"
# How items may come one by one: a line each, or an event each for an EventSource.
STREAMED = (NDJSON, SERVER_SENT_EVENTS)

_encode = msgspec.json.Encoder().encode


class ErrorBody(msgspec.Struct, frozen=True):
    """Why a request was refused: `code` is for programs, `detail` for people, `retry_after` is in seconds."""

    code: str
    detail: str
    retryable: bool
    retry_after: float | None
    field: str | None


def json_response(content: Any, status: int = 200) -> HttpResponse:
    """`content` may hold msgspec structs. Never cached by anybody in between."""
    response = HttpResponse(_encode(content), status=status, content_type=JSON)
    response["Cache-Control"] = "no-store"
    return response


async def stream_response(request: HttpRequest, items: AsyncGenerator[Any, None]) -> HttpResponseBase:
    """Each item as soon as it is there, as NDJSON, or as server-sent events for whoever prefers them.

    Whoever hangs up closes `items`. Under WSGI, where a view's loop ends with the view, all come at the end.
    """
    kind = request.get_preferred_type(STREAMED) or NDJSON
    pieces = _pieces(items, event=kind == SERVER_SENT_EVENTS)
    response: HttpResponseBase
    if isinstance(request, ASGIRequest):
        response = StreamingHttpResponse(pieces, content_type=kind)
    else:
        response = HttpResponse([piece async for piece in pieces], content_type=kind)
    response["Cache-Control"] = "no-store"
    # A proxy of the nginx family would otherwise collect the pieces first.
    response["X-Accel-Buffering"] = "no"
    return response


async def _pieces(items: AsyncGenerator[Any, None], *, event: bool) -> AsyncIterator[bytes]:
    head, tail = (b"data: ", b"\n\n") if event else (b"", b"\n")
    async with aclosing(items):
        async for item in items:
            yield head + _encode(item) + tail


def error_response(error: ChatError) -> HttpResponse:
    """The status of the error, its body of the protocol, Retry-After in whole seconds, and what a 401 asks for."""
    body = ErrorBody(error.code, error.detail, error.retryable, error.retry_after, error.field)
    response = json_response(body, error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(math.ceil(error.retry_after))
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response
