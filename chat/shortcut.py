"""The short way to what is asked for most, before Django's handler and middleware: the shells, and pages of history.

It holds no rule of its own. A shell is the answer that Django gave once to a request alike; a page of history comes
from the view itself. Whatever is not the plain case goes on to Django; so does everything with CHAT_SHORTCUT=off.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token

from chat.api import messages
from chat.api.resource import resource
from chat.headers import constant_headers
from chat.logs import about
from chat.logs.access import request_ended

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SHELL = re.compile(r"/chat/[^/]+/")
HISTORY = re.compile(r"/api/rooms/([^/]+)/messages")
# With one of these a request is not the plain case: a body, or a condition other than on the ETag.
ODD_HEADERS = ("content-length", "transfer-encoding", "if-match", "if-modified-since", "if-unmodified-since")
# Django deletes the cookie of a session whose key is shorter.
SESSION_KEY_CHARS = 8


class Answer(NamedTuple):
    """What Django said to requests of one kind, without the cookie that is each visitor's own."""

    status: int
    headers: Headers
    body: bytes


class Shortcut:
    """Wraps the ASGI application of the project."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._history = resource(messages.list_messages)
        self._headers = constant_headers(settings.BASE_DIR)
        # By status.
        self._shells: dict[int, Answer] = {}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Not a coroutine of its own: it would be kept as long as a socket lives."""
        if scope["type"] == "http" and scope["method"] == "GET" and not scope.get("root_path"):
            if SHELL.fullmatch(scope["path"]) and not scope["query_string"]:
                return self._answer_shell(scope, receive, send)
            if (match := HISTORY.fullmatch(scope["path"])) is not None:
                return self._answer_history(match[1], scope, receive, send)
        return self._inner(scope, receive, send)

    async def _answer_shell(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, request = time.perf_counter(), _plain_request(scope)
        if request is None:
            return await self._inner(scope, receive, send)
        known = self._known(request.headers.get("If-None-Match"))
        if known is None:
            return await self._inner(scope, receive, self._remembering(send))
        with about(method="GET", path=scope["path"]):
            await _send(send, known.status, [*known.headers, *_csrf_cookie(request)], known.body)
            request_ended(began, known.status)

    def _known(self, condition: str | None) -> Answer | None:
        """What is remembered for a visitor who has nothing, or has the same shell and says so in the plainest way."""
        shell = self._shells.get(200)
        if condition is None or shell is None:
            return shell
        same = (b"ETag", condition.encode("latin-1")) in shell.headers
        return self._shells.get(304) if same else None

    def _remembering(self, send: Send) -> Send:
        """Pass the answer on, and keep it for those who ask alike."""
        sent: list[Message] = []

        async def passing(message: Message) -> None:
            await send(message)
            sent.append(message)
            start, *parts = sent
            if parts and not message.get("more_body") and start["status"] in (200, 304):
                headers = [(name, value) for name, value in start["headers"] if name != b"Set-Cookie"]
                body = b"".join(part.get("body", b"") for part in parts)
                self._shells[start["status"]] = Answer(start["status"], headers, body)

        return passing

    async def _answer_history(self, slug: str, scope: Scope, receive: Receive, send: Send) -> None:
        began, request = time.perf_counter(), _plain_request(scope)
        if request is None:
            return await self._inner(scope, receive, send)
        with about(method="GET", path=scope["path"]):
            response = await self._history(request, slug=slug)
            assert isinstance(response, HttpResponse)
            for name, value in {**self._headers, "Content-Length": str(len(response.content))}.items():
                response.headers.setdefault(name, value)
            headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
            await _send(send, response.status_code, headers, response.content)
            request_ended(began, response.status_code)


def _plain_request(scope: Scope) -> HttpRequest | None:
    """The request as Django sees it; None for one that Django shall see itself."""
    if any(name.decode("latin-1") in ODD_HEADERS for name, _ in scope["headers"]):
        return None
    request = ASGIRequest(scope, BytesIO())
    try:
        request.get_host()
    except DisallowedHost:
        return None
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return None if session_key is not None and len(session_key) < SESSION_KEY_CHARS else request


def _csrf_cookie(request: HttpRequest) -> Headers:
    """The cookie that Django sets on this answer: a new one, or the visitor's own for longer."""
    _csrf.process_request(request)
    get_token(request)
    cookies = _csrf.process_response(request, HttpResponse()).cookies.values()
    return [(b"Set-Cookie", cookie.output(header="").encode("ascii").strip()) for cookie in cookies]


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_csrf = CsrfViewMiddleware(lambda request: HttpResponse())
