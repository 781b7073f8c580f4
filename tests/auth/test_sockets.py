"""Sockets: from which pages they may come, and whom they bring along."""

from typing import Any

import pytest
from django.conf import settings as django_settings

from chat import database
from chat.auth import AuthMiddlewareStack, OriginCheck
from chat.errors import Unavailable
from tests.cast import person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "192.0.2.7"
COOKIE = django_settings.SESSION_COOKIE_NAME


@pytest.fixture(autouse=True)
def _our_name(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example"]


class Inner:
    """The application behind a middleware: keeps the scope that it was called with."""

    def __init__(self) -> None:
        self.scope: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope


async def nothing(*_: Any) -> Any:
    return None


def scope(**headers: str) -> dict[str, Any]:
    """A handshake to chat.example:8000."""
    given = {"host": "chat.example:8000", **headers}
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in given.items()]
    return {"type": "websocket", "scheme": "ws", "headers": pairs, "client": (ADDRESS, 1)}


async def enters(handshake: dict[str, Any]) -> bool:
    inner, sent = Inner(), []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await OriginCheck(inner)(handshake, nothing, send)
    assert sent == ([] if inner.scope else [{"type": "websocket.close"}])
    return inner.scope is not None


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [
        ("http://chat.example:8000", True),
        ("https://chat.example:8000", False),
        ("http://chat.example", False),
        ("http://evil.example:8000", False),
        ("http://chat.example:8000.evil.example", False),
        ("http://user@chat.example:8000", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        ("é\xff", False),
    ],
)
async def test_only_our_own_pages_may_connect(origin: str, let_in: bool) -> None:
    assert await enters(scope(origin=origin)) is let_in
    assert await enters(scope(origin=origin, cookie=f"{COOKIE}=x")) is let_in


async def test_without_an_origin_only_a_session_is_refused() -> None:
    assert await enters(scope())
    assert await enters(scope(cookie="theme=dark"))
    assert not await enters(scope(cookie=f"{COOKIE}=x"))
    assert not await enters(scope(cookie=f'odd[name]={{"a": 1}}; {COOKIE}=x'))


async def test_a_public_origin_is_the_only_one(settings: Any) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example"
    assert await enters(scope(origin="https://chat.example"))
    assert not await enters(scope(origin="http://chat.example:8000"))


@pytest.mark.parametrize(
    ("hosts", "let_in"),
    [
        (["chat.example:8000"], True),
        (["Chat.Example"], True),
        (["evil.example"], False),
        (["chat.example.evil.example"], False),
        (["chat.example:8000", "chat.example:8000"], False),
        (["chat.example,evil.example"], False),
        (["chat.example:http"], False),
        (["evil@chat.example"], False),
        ([""], False),
    ],
)
async def test_only_by_our_own_names_and_one_of_them_a_socket_is_let_in(
    hosts: list[str], let_in: bool
) -> None:
    handshake = scope()
    handshake["headers"] = [(b"host", host.encode()) for host in hosts]
    assert await enters(handshake) is let_in


async def test_any_name_is_let_in_where_all_are_allowed_but_none_that_is_no_name(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert await enters(scope(host="any.example"))
    assert not await enters(scope(host="any.example,chat.example"))


async def test_a_socket_has_its_visitor_whatever_other_cookies_it_brings() -> None:
    alice = await database.call(person, "alice")
    key = await database.call(sign_in, alice)
    for cookies in (f"{COOKIE}={key}", f'odd[name]={{"a": 1}}; a b; {COOKIE}={key}; =x'):
        inner = Inner()
        await AuthMiddlewareStack(inner)(scope(cookie=cookies), nothing, nothing)
        assert inner.scope["visitor"].user == inner.scope["user"] == alice
        assert inner.scope["visitor"].address == ADDRESS


@pytest.mark.parametrize(
    "value", ['"\\000\\000\\000\\000\\000\\000\\000\\000\\000"', "\xff" * 20, '"', "%00"]
)
async def test_an_odd_session_cookie_is_nobodys(value: str) -> None:
    inner = Inner()
    await AuthMiddlewareStack(inner)(scope(cookie=f"{COOKIE}={value}"), nothing, nothing)
    assert inner.scope["visitor"].user is None
    assert inner.scope["visitor"].refused is None
    assert inner.scope["user"].is_anonymous


async def test_without_the_database_a_socket_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.0)
    inner = Inner()
    await AuthMiddlewareStack(inner)(scope(cookie=f"{COOKIE}=x"), nothing, nothing)
    assert isinstance(inner.scope["visitor"].refused, Unavailable)
