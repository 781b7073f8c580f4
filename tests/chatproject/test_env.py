"""Readers of the environment: what they take, and how they say what they do not."""

import ipaddress
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject import env


def test_networks_are_addresses_and_networks_of_both_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,::1,2001:db8::/32")
    assert env.networks("TRUSTED_PROXIES") == [
        ipaddress.ip_network(text) for text in ("127.0.0.1/32", "10.0.0.0/8", "::1/128", "2001:db8::/32")
    ]
    monkeypatch.setenv("TRUSTED_PROXIES", "")
    assert env.networks("TRUSTED_PROXIES") == []


@pytest.mark.parametrize(
    "wrong", ["proxy.example", "10.0.0.1/8", "10.0.0", "127.0.0.1;::1", "0.0.0.0/0", "::/0", "*"]
)
def test_what_is_no_network_or_the_whole_world_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", f"127.0.0.1,{wrong}")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        env.networks("TRUSTED_PROXIES")


def test_statements_are_prepared_on_postgresql_unless_a_pooler_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "postgres://me:secret@db.example:5433/chat?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", url)
    found = env.database("DATABASE_URL", Path("unused"))
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "chat")
    assert found["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 5}
    monkeypatch.setenv("DATABASE_URL", f"{url}&prepare=off")
    found = env.database("DATABASE_URL", Path("unused"))
    assert found["OPTIONS"] == {"sslmode": "require", "prepare_threshold": None}
    monkeypatch.setenv("DATABASE_URL", f"{url}&prepare=perhaps")
    with pytest.raises(ImproperlyConfigured, match="prepare"):
        env.database("DATABASE_URL", Path("unused"))
