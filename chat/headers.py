"""The security headers of every answer, the same constant values for all."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def security_headers(get_response: Handler) -> Handler:
    """Put the headers on each answer that has not its own; async-native, so that it costs no thread hop."""
    headers = constant_headers(settings.BASE_DIR)

    def with_headers(response: HttpResponseBase) -> HttpResponseBase:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    if iscoroutinefunction(get_response):
        handle_async = cast(Callable[[HttpRequest], Awaitable[HttpResponseBase]], get_response)

        async def asynchronously(request: HttpRequest) -> HttpResponseBase:
            return with_headers(await handle_async(request))

        return asynchronously

    handle = cast(Callable[[HttpRequest], HttpResponseBase], get_response)

    def synchronously(request: HttpRequest) -> HttpResponseBase:
        return with_headers(handle(request))

    return synchronously


def constant_headers(base: Path) -> dict[str, str]:
    """The headers; `base` is the folder that holds templates/."""
    return {
        "Content-Security-Policy": _content_security_policy(base),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def _content_security_policy(base: Path) -> str:
    """Everything from ourselves, and nothing inline but the import map."""
    import_map = (base / "templates" / "importmap.json").read_bytes()
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' '{_source_hash(import_map)}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _source_hash(content: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
