"""What the outermost application believes of a request, by who brings it."""

import ipaddress
from typing import Any

import pytest

from chat import limits
from chat.peers import PROXIED
from chat.serving.connections import Connections
from chat.serving.proxies import Outermost, TrustedProxies

PROXY, FURTHER_PROXY, VISITOR, STRANGER = "10.0.0.2", "10.0.0.3", "203.0.113.9", "198.51.100.7"
TRUSTED = TrustedProxies([ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("::1")])

Scope = dict[str, Any]


@pytest.fixture(autouse=True)
def _our_name(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example"]


class Inner:
    """The application inside, which keeps what it was called with."""

    def __init__(self) -> None:
        self.scope: Scope = {}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        self.scope = scope


async def seen(peer: str | None, *headers: tuple[str, str], kind: str = "http") -> Scope:
    """The scope that comes through, empty when nothing does."""
    inner = Inner()
    await answers(inner, Connections(TRUSTED.trusts), peer, *headers, kind=kind)
    return inner.scope


async def answers(
    inner: Any, connections: Connections, peer: str | None, *headers: tuple[str, str], kind: str = "http"
) -> list[dict[str, Any]]:
    """What the client is sent."""
    given = [("host", "chat.example"), *headers] if "host" not in dict(headers) else list(headers)
    scope = {
        "type": kind,
        "path": "/api/me",
        "scheme": "http" if kind == "http" else "ws",
        "client": [peer, 50_000] if peer else None,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given],
    }
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await Outermost(inner, TRUSTED, connections)(scope, None, send)  # type: ignore[arg-type]
    return sent


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (VISITOR, VISITOR),
        (f"{STRANGER}, {VISITOR}", VISITOR),
        (f"127.0.0.1,{VISITOR} , {FURTHER_PROXY}", VISITOR),
        (f"<script>, {VISITOR}", VISITOR),
        (f"{VISITOR}, unknown", PROXY),
        (f"{VISITOR}, _hidden, {FURTHER_PROXY}", FURTHER_PROXY),
        (f"{VISITOR}:4711", VISITOR),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        (f"::ffff:{VISITOR}", VISITOR),
        (f"{VISITOR}, ::ffff:{FURTHER_PROXY}", VISITOR),
        (f"{FURTHER_PROXY}, {FURTHER_PROXY}", FURTHER_PROXY),
        ("999.1.1.1", PROXY),
        ("", PROXY),
        (" , ,", PROXY),
    ],
)
async def test_the_client_is_the_nearest_address_that_is_no_proxy_of_ours(
    forwarded: str, client: str
) -> None:
    assert (await seen(PROXY, ("x-forwarded-for", forwarded)))["client"] == [client, 0]


async def test_a_header_that_is_repeated_is_one_list() -> None:
    scope = await seen(PROXY, ("x-forwarded-for", STRANGER), ("x-forwarded-for", VISITOR))
    assert scope["client"] == [VISITOR, 0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "10.0.1.2", None])
async def test_from_nobody_else_a_word_is_believed_or_passed_on(peer: str | None, kind: str) -> None:
    scope = await seen(
        peer,
        ("x-forwarded-for", VISITOR),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", VISITOR),
        ("forwarded", f"for={VISITOR};proto=https"),
        ("via", "1.1 proxy"),
        ("accept", "text/html"),
        kind=kind,
    )
    assert scope["client"] == ([peer, 50_000] if peer else None)
    assert scope["scheme"] == ("http" if kind == "http" else "ws")
    assert scope["headers"] == [(b"host", b"chat.example"), (b"accept", b"text/html")]
    assert scope[PROXIED] is True


async def test_without_a_word_of_a_proxy_there_is_none() -> None:
    assert (await seen(STRANGER))[PROXIED] is False
    assert (await seen(PROXY))[PROXIED] is True


@pytest.mark.parametrize(
    ("said", "scheme", "socket_scheme"),
    [
        ("https", "https", "wss"),
        ("HTTPS", "https", "wss"),
        ("http, https", "https", "wss"),
        ("https, http", "http", "ws"),
        ("gopher", "http", "ws"),
        ("", "http", "ws"),
    ],
)
async def test_the_scheme_is_what_the_nearest_proxy_says(said: str, scheme: str, socket_scheme: str) -> None:
    assert (await seen(PROXY, ("x-forwarded-proto", said)))["scheme"] == scheme
    assert (await seen(PROXY, ("x-forwarded-proto", said), kind="websocket"))["scheme"] == socket_scheme


@pytest.mark.parametrize("host", ["evil.example", "chat.example,evil.example", "chat.example:x", "", "a b"])
async def test_another_name_than_ours_is_refused_on_both_doors(host: str) -> None:
    assert await seen(VISITOR, ("host", "CHAT.example:443"))
    for kind, first in (("http", "http.response.start"), ("websocket", "websocket.close")):
        inner = Inner()
        sent = await answers(inner, Connections(TRUSTED.trusts), VISITOR, ("host", host), kind=kind)
        assert sent[0]["type"] == first
        assert sent[0].get("status", 400) == 400
        assert inner.scope == {}


async def test_two_names_are_refused_though_both_are_ours() -> None:
    assert await seen(VISITOR, ("host", "chat.example"), ("host", "chat.example")) == {}


async def test_whoever_comes_through_a_proxy_is_counted_by_their_own_address(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("chat.serving.connections.ADDRESS_CONNECTIONS", 2)
    connections = Connections(TRUSTED.trusts)
    statuses: list[int | None] = []

    async def inner(scope: Scope, receive: Any, send: Any) -> None:
        """Each comes while those before are at work."""
        if len(statuses) < 4:
            forwarded = ("x-forwarded-for", STRANGER if len(statuses) == 3 else VISITOR)
            statuses.append(200)
            for message in await answers(inner, connections, PROXY, forwarded):
                statuses.append(message.get("status"))

    await inner({}, None, None)
    assert statuses[:4] == [200, 200, 200, 429]
    settings.CHAT_RATE_LIMITS = False
    for _ in range(limits.ADDRESS_CONNECTIONS + 1):
        assert await seen(PROXY, ("x-forwarded-for", VISITOR))
