"""JSON answers of the HTTP doors, and the one form of an error there."""

import math
from typing import Any

import msgspec
from django.http import HttpResponse

from chat.errors import ChatError, Unauthenticated

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
    response = HttpResponse(_encode(content), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def error_response(error: ChatError) -> HttpResponse:
    """The status of the error, its body of the protocol, Retry-After in whole seconds, and what a 401 asks for."""
    body = ErrorBody(error.code, error.detail, error.retryable, error.retry_after, error.field)
    response = json_response(body, error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(math.ceil(error.retry_after))
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response
