"""JSON answers of the HTTP doors, and the one form of an error there."""

import math
from typing import Any

import msgspec
from django.http import HttpResponse

from chat.errors import ChatError

_encode = msgspec.json.Encoder().encode


def json_response(content: Any, status: int = 200) -> HttpResponse:
    """`content` may hold msgspec structs. Never cached by anybody in between."""
    response = HttpResponse(_encode(content), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def error_response(error: ChatError) -> HttpResponse:
    """The status of the error, its body of the protocol, and Retry-After in whole seconds."""
    body = {
        "code": error.code,
        "detail": error.detail,
        "retryable": error.retryable,
        "retry_after": error.retry_after,
        "field": error.field,
    }
    response = json_response(body, error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(math.ceil(error.retry_after))
    return response
