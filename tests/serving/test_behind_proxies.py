"""The chat behind a TLS proxy, all of it but the network: what a visitor cannot claim any more."""

import ipaddress
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from channels.testing import WebsocketCommunicator

from chat import database, limits
from chat.models import AuditEntry
from chat.serving.connections import Connections
from chat.serving.proxies import Outermost, TrustedProxies
from chatproject.asgi import application
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

PROXY, VISITOR, OTHER = "10.0.0.2", "203.0.113.9", "203.0.113.10"
OURS = "https://chat.example"
TRUSTED = TrustedProxies([ipaddress.ip_network(PROXY)])
OUTERMOST: Any = Outermost(application, TRUSTED, Connections(TRUSTED.trusts))


@pytest.fixture(autouse=True)
def _our_name(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example"]
    settings.CHAT_GUESTS = "write"
    settings.CHAT_SIGNUP = "open"


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser, as the proxy hands it on: they have claimed another address."""
    async with client(PROXY, f"127.0.0.1, {VISITOR}") as found:
        yield found


def client(peer: str, forwarded: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(OUTERMOST, client=(peer, 50_000))
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "Origin": OURS}
    return httpx.AsyncClient(transport=transport, base_url="http://chat.example", headers=headers)


async def test_the_audit_trail_names_the_visitor_and_the_form_passes_as_https(
    visitor: httpx.AsyncClient,
) -> None:
    form = await visitor.get("/accounts/first/")
    assert "One-time code" in form.text
    await database.call(make_administrator)
    await visitor.get("/accounts/signup/")
    fields = {"username": "bob", "password1": PASSWORD, "csrfmiddlewaretoken": visitor.cookies["csrftoken"]}
    answer = await visitor.post("/accounts/signup/", data=fields)
    assert answer.status_code == 302, answer.text
    entries = await database.call(lambda: list(AuditEntry.objects.values_list("address", flat=True)))
    assert entries[-1] == VISITOR


def make_administrator() -> None:
    from tests.accounts.conftest import person

    person("alice", superuser=True)


async def test_limits_count_the_visitor_whatever_else_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.RATES, "request", limits.Rate(2, 0.001, "requests"))
    statuses = []
    for forwarded in (VISITOR, f"1.2.3.4, {VISITOR}", f"5.6.7.8, {VISITOR}", OTHER):
        async with client(PROXY, forwarded) as somebody:
            statuses.append((await somebody.get("/api/me")).status_code)
    assert statuses == [200, 200, 429, 200]


async def test_who_claims_to_sit_at_the_machine_through_a_proxy_that_nobody_named_does_not(
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["chat.example", "localhost"]
    for peer, claimed, hidden in (("127.0.0.1", "", True), ("127.0.0.1", "127.0.0.1", False)):
        async with client(peer, claimed) as somebody:
            del somebody.headers["X-Forwarded-Proto"], somebody.headers["Origin"]
            if not claimed:
                del somebody.headers["X-Forwarded-For"]
            somebody.headers["Host"] = "localhost"
            page = await somebody.get("/accounts/first/")
            assert ("One-time code" not in page.text) is hidden
            assert ((await somebody.get("/metrics")).status_code == 200) is hidden


@pytest.mark.parametrize(
    ("peer", "proto", "origin", "let_in"),
    [
        (PROXY, "https", OURS, True),
        (PROXY, "http", OURS, False),
        (PROXY, "http", "http://chat.example", True),
        (OTHER, "https", OURS, False),
        (OTHER, "https", "http://chat.example", True),
    ],
)
async def test_our_pages_are_known_by_the_scheme_that_the_proxy_names(
    peer: str, proto: str, origin: str, let_in: bool
) -> None:
    headers = [
        (b"host", b"chat.example"),
        (b"origin", origin.encode()),
        (b"x-forwarded-proto", proto.encode()),
        (b"x-forwarded-for", VISITOR.encode()),
    ]
    socket = WebsocketCommunicator(OUTERMOST, "/ws/chat/", headers=headers, subprotocols=["chat.v1"])
    socket.scope["client"] = [peer, 50_000]
    accepted, _ = await socket.connect(timeout=10)
    assert accepted is let_in
    if accepted:
        await socket.disconnect(timeout=10)
