"""How the server itself says no, before any application is asked: the protocol's JSON, or a sentence for people."""

import math
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec

from chat.errors import ChatError
from chat.limits import JSON_PATHS

_encode = msgspec.json.Encoder().encode


def raw_answer(error: ChatError, path: str) -> bytes:
    """The whole answer as it goes on the line; the connection ends with it."""
    headers, body = _parts(error, path)
    status = HTTPStatus(error.status)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def answer(
    error: ChatError, scope: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """The same by ASGI; a handshake is refused with a bare 403, which is all that a browser tells its page of it."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    headers, body = _parts(error, scope["path"])
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _parts(error: ChatError, path: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    as_json = path.startswith(JSON_PATHS)
    body = _encode(_fields(error)) if as_json else f"{error.detail}\n".encode()
    kind = b"application/json" if as_json else b"text/plain; charset=utf-8"
    headers = [
        (b"Content-Type", kind),
        (b"Content-Length", str(len(body)).encode()),
        (b"Cache-Control", b"no-store"),
        (b"Connection", b"close"),
    ]
    if error.retry_after is not None:
        headers.append((b"Retry-After", str(math.ceil(error.retry_after)).encode()))
    return headers, body


def _fields(error: ChatError) -> dict[str, object]:
    return {
        "code": error.code,
        "detail": error.detail,
        "retryable": error.retryable,
        "retry_after": error.retry_after,
        "field": error.field,
    }
