"""What connects: by which name, through a proxy or not, and as which user of this machine."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from chat import peers
from chat.peers import PROXIED, is_loopback, is_of_another_user, is_proxied


def request(scope: dict[str, Any] | None = None, **headers: str) -> Any:
    """As Django hands it over, under ASGI when there is a scope."""
    found: Any = RequestFactory().get("/", headers=headers)
    if scope is not None:
        found.scope = scope
    return found


@pytest.fixture(params=["127.0.0.1", "::1"])
def connection(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """The scope of a real connection between two ends on this machine."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as listening:
        ours = listening.getsockname()[:2]
        with socket.create_connection(ours) as client, listening.accept()[0]:
            yield {"client": list(client.getsockname()[:2]), "server": list(ours), "http_version": "1.1"}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_one(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "localhost", "10.0.0.1", "::ffff:10.0.0.1", "128.0.0.1"])
def test_nothing_else_is(address: str) -> None:
    assert not is_loopback(address)


def test_a_proxy_shows_by_its_mark_its_version_or_its_headers() -> None:
    assert not is_proxied(request())
    assert not is_proxied(request({"http_version": "1.1", PROXIED: False}))
    assert is_proxied(request({"http_version": "1.1", PROXIED: True}))
    assert is_proxied(request({"http_version": "1.0"}))
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "CF-Connecting-IP"):
        assert is_proxied(request(None, **{name: "192.0.2.1"}))


def test_the_person_who_started_the_server_is_nobody_else(connection: dict[str, Any]) -> None:
    assert not is_of_another_user(request(connection))


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells whose a connection is")
def test_a_connection_of_another_user_is_told_from_ours(
    connection: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    monkeypatch.setattr(peers, "ROOT_UID", 54_321)
    assert is_of_another_user(request(connection))
    # Nothing is known of a connection that is not there, or not between two ends here.
    assert not is_of_another_user(request({**connection, "client": ["127.0.0.1", 1]}))
    assert not is_of_another_user(request({**connection, "client": None}))
    assert not is_of_another_user(request())


def test_where_the_system_does_not_tell_nobody_is_another(
    connection: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "CONNECTION_TABLES", ("/nonexistent",))
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert not is_of_another_user(request(connection))
