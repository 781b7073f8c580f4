"""What is remembered of a sign-in: asked once for a burst, forgotten at a word, and soon without one."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.test import AsyncClient
from django.utils import timezone

from chat import auth, database, hub
from chat.actions.accounts import (
    create_token,
    deactivate_user,
    end_session,
    revoke_other_sessions,
    revoke_token,
)
from chat.actions.accounts.oversight import end_all_sessions
from chat.actions.accounts.profiles import change_profile
from chat.auth import memory
from chat.auth.memory import KNOWN_MOST, Memory, Proof
from chat.hub import Credential, SessionsChanged
from chat.hub.hints import group_of, to_layer
from chat.models import Token, User
from tests.cast import person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "192.0.2.7"
PATIENCE_SECONDS = 20.0


@pytest.fixture
async def alice() -> User:
    """Where a hub runs: without one nothing is remembered."""
    await hub.current()
    return await database.write(person, "alice")


async def user_of(key: str | None = None, token: str | None = None) -> User | None:
    return (await auth.identify(key, token, ADDRESS)).user


def rename(user: User, name: str) -> None:
    """Behind everybody's back."""
    User.objects.filter(pk=user.pk).update(name=name)


async def name_of(key: str) -> str | None:
    user = await user_of(key)
    return user.name if user else None


async def becomes(ask: Callable[[], Any], wanted: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := await ask()) != wanted:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)


async def test_a_burst_of_requests_asks_the_database_once(alice: User) -> None:
    key = await database.write(sign_in, alice)
    token = await database.write(create_token, alice)
    assert await user_of(key) == await user_of(token=token) == alice
    await database.write(rename, alice, "Renamed")
    again, with_token = await user_of(key), await user_of(token=token)
    assert again is not None
    assert with_token is not None
    assert again.name == with_token.name == "Alice"


async def test_without_a_hub_nothing_is_remembered() -> None:
    dora = await database.write(person, "dora")
    key = await database.write(sign_in, dora)
    assert await name_of(key) == "Dora"
    await database.write(rename, dora, "Renamed")
    assert await name_of(key) == "Renamed"


async def test_what_ended_without_a_word_is_believed_no_longer_than_the_bound(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "KNOWN_SECONDS", 0.05)
    key = await database.write(sign_in, alice)
    token = await database.write(create_token, alice)
    assert await user_of(key) == await user_of(token=token) == alice
    await database.write(lambda: User.objects.filter(pk=alice.pk).update(is_active=False))
    await becomes(lambda: user_of(key), None)
    await becomes(lambda: user_of(token=token), None)


def end_this_session(user: User, key: str) -> None:
    end_session(user, key)
    _delete(key)


def revoke_sessions(user: User, key: str) -> None:
    revoke_other_sessions(user, None)
    _delete(key)


def deactivate(user: User, _: str) -> None:
    deactivate_user(user, by=person("olga"))


def sign_out(user: User, _: str) -> None:
    end_all_sessions(user, by=person("olga"))


def _delete(key: str) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore(key).delete()


@pytest.mark.parametrize("end", [end_this_session, revoke_sessions, deactivate, sign_out])
async def test_what_ends_a_session_is_seen_at_once(alice: User, end: Callable[[User, str], None]) -> None:
    key = await database.write(sign_in, alice)
    assert await user_of(key) == alice
    await database.write(end, alice, key)
    assert await user_of(key) is None


async def test_a_revoked_token_is_refused_at_once(alice: User) -> None:
    secret = await database.write(create_token, alice)
    assert await user_of(token=secret) == alice
    token = await database.call(Token.objects.get)
    await database.write(revoke_token, token)
    assert (await auth.identify(None, secret, ADDRESS)).refused is not None


async def test_another_name_is_seen_at_once(alice: User) -> None:
    key = await database.write(sign_in, alice)
    assert await name_of(key) == "Alice"
    await database.write(lambda: change_profile(alice, name="Alicia"))
    assert await name_of(key) == "Alicia"


async def test_signing_in_and_out_in_a_browser_is_seen_at_once(alice: User) -> None:
    browser = AsyncClient()
    assert (await browser.get("/api/me")).json()["user"] is None
    await browser.aforce_login(alice)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert (await browser.get("/api/me")).json()["user"]["name"] == "Alice"
    await browser.post("/accounts/logout/")
    answer = await browser.get("/api/me", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
    assert answer.json()["user"] is None


async def test_word_of_another_process_counts_where_its_person_has_no_socket(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "KNOWN_SECONDS", 3_600.0)
    key = await database.write(sign_in, alice)
    assert await name_of(key) == "Alice"
    await database.write(rename, alice, "Renamed")
    await becomes(lambda: told_by_another_process(alice, key), "Renamed")


async def told_by_another_process(user: User, key: str) -> str | None:
    """The hub may only just be joining its groups, so the word is given again and again."""
    word, layer = SessionsChanged(user.pk), get_channel_layer()
    await layer.group_send(group_of(word), to_layer([word], origin="another process"))
    return await name_of(key)


async def test_a_change_of_one_connections_person_is_not_anothers(alice: User) -> None:
    key = await database.write(sign_in, alice)
    one, other = await user_of(key), await user_of(key)
    assert one is not None
    assert other is not None
    one.name = "Changed"
    assert other.name == "Alice"
    assert await name_of(key) == "Alice"


def proof(user_id: int, **fields: Any) -> Proof:
    return Proof(Credential(user_id), (), fields.get("expires_at"))


def test_a_read_that_began_before_a_change_is_not_kept() -> None:
    kept, read_at = Memory(), time.monotonic()
    kept.forget(1)
    kept.keep("key", proof(1), read_at)
    kept.keep("other", proof(2), read_at)
    assert kept.get("key") is None
    assert kept.get("other") is not None


def test_nothing_is_kept_of_a_person_until_the_change_surely_shows() -> None:
    kept = Memory()
    kept.forget(1)
    kept.keep("key", proof(1), time.monotonic())
    assert kept.get("key") is None
    kept.keep("key", proof(1), time.monotonic() + memory.KNOWN_SECONDS + 1)
    assert kept.get("key") is not None


def test_what_has_expired_is_not_believed() -> None:
    kept, now = Memory(), timezone.now()
    kept.keep("past", proof(1, expires_at=now - timedelta(seconds=1)), time.monotonic())
    kept.keep("future", proof(1, expires_at=now + timedelta(hours=1)), time.monotonic())
    assert kept.get("past") is None
    assert kept.get("future") is not None


def test_the_memory_is_bounded() -> None:
    kept = Memory()
    for number in range(KNOWN_MOST + 1):
        kept.keep(f"key {number}", proof(number), time.monotonic())
    assert len(kept._known) <= KNOWN_MOST
    assert kept.get(f"key {KNOWN_MOST}") is not None
