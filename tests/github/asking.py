"""How tests ask the views about GitHub: the product's applications, ASGI and WSGI, with no server in between."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from allauth.socialaccount.models import SocialAccount, SocialToken

from chat.github.credentials import seal
from chat.models import Token, User
from chat.models.token import digest
from chatproject import asgi, wsgi


def bearer(user: User, secret: str = "a secret") -> dict[str, str]:
    Token.objects.create(user=user, digest=digest(secret))
    return {"Authorization": f"Bearer {secret}"}


def link(user: User, token: str) -> None:
    """As if this person had signed in with GitHub."""
    account = SocialAccount.objects.create(user=user, provider="github", uid=f"of {user.username}")
    SocialToken.objects.create(account=account, token=seal(token))


def logins(*names: str) -> dict[str, list[str]]:
    return {"login": list(names)}


async def until(holds: Callable[[], bool]) -> None:
    """Return when it holds; fail when it does not within ten seconds."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to hold")


class Listener:
    """One GET whose answer is heard piece by piece, and which may hang up at any time."""

    def __init__(
        self, path: str, names: Sequence[str] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._heard.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._scope = _scope(path, urlencode(logins(*names), doseq=True))
        self._scope["headers"] += [
            (name.lower().encode(), value.encode()) for name, value in (headers or {}).items()
        ]

    async def __aenter__(self) -> Self:
        self.request = asyncio.create_task(asgi.application(self._scope, self._heard.get, self.said.put))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()

    async def piece(self) -> bytes:
        """The next piece of the body; empty at its end."""
        while (event := await self.said.get())["type"] != "http.response.body":
            pass
        body: bytes = event.get("body", b"")
        return body

    async def hang_up(self) -> None:
        self._heard.put_nowait({"type": "http.disconnect"})
        await self.request


def _scope(path: str, query: str) -> dict[str, Any]:
    """What an ASGI server says about a GET."""
    headers = [(b"host", b"localhost")]
    address = {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
    request = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    return {"type": "http", "http_version": "1.1", "scheme": "http", "headers": headers, **address, **request}


def get_wsgi(path: str, query: str = "") -> tuple[str, bytes]:
    """One request to the product's WSGI application, without a server in between."""
    environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def start(
        status: str, _headers: list[tuple[str, str]], _failure: Any = None, /
    ) -> Callable[[bytes], None]:
        statuses.append(status)
        return lambda _piece: None

    with closing(wsgi.application(environ, start)) as body:
        return statuses[0], b"".join(body)
