"""Who is let in as whom: by session, by token, from which page; and when that ends."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import database
from chat.auth import Visitor, alive, identify, visitor_of
from chat.errors import Unauthenticated
from chat.hub import Credential
from chat.models import Token, User
from chat.models.token import digest, new_secret
from tests.cast import person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "192.0.2.7"
COOKIE = django_settings.SESSION_COOKIE_NAME


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


def token_of(user: User, **fields: Any) -> str:
    secret = new_secret()
    Token.objects.create(user=user, digest=digest(secret), **fields)
    return secret


def sessions() -> Any:
    return import_module(django_settings.SESSION_ENGINE).SessionStore.get_model_class().objects


async def by_session(key: str | None) -> Visitor:
    return await identify(key, None, ADDRESS)


async def by_token(token: str) -> Visitor:
    return await identify(None, token, ADDRESS)


async def test_a_session_lets_its_person_in(alice: User) -> None:
    key = await database.call(sign_in, alice)
    visitor = await by_session(key)
    assert (visitor.user, visitor.address, visitor.refused) == (alice, ADDRESS, None)
    assert (visitor.credential.user_id, visitor.credential.session_key) == (alice.pk, key)


async def test_nobody_comes_with_nothing() -> None:
    assert (await identify(None, None, ADDRESS)).user is None


@pytest.mark.parametrize(
    "key", ["", "x", "unknown-session-key-of-32-letters", "a\0" * 16, "\ud800" * 20, "x" * 5_000]
)
async def test_a_session_that_is_none_lets_nobody_in(key: str) -> None:
    visitor = await by_session(key)
    assert (visitor.user, visitor.refused) == (None, None)


def expire(_: User) -> None:
    sessions().update(expire_date=timezone.now() - timedelta(seconds=1))


def change_password(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password="argon2$another")


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def forge(_: User) -> None:
    sessions().update(session_data="forged:data:here")


@pytest.mark.parametrize("end", [expire, change_password, deactivate, delete, forge])
async def test_a_session_that_has_ended_lets_nobody_in_and_is_left_alone(
    alice: User, end: Callable[[User], None]
) -> None:
    key = await database.call(sign_in, alice)
    credential = (await by_session(key)).credential
    assert await database.call(alive, {credential}) == {credential}
    await database.write(end, alice)
    assert (await by_session(key)).user is None
    if end is not forge:
        assert await database.call(alive, {credential}) == set()
    assert await database.call(sessions().count) == 1, "reading a session deletes nothing"


async def test_a_session_under_an_older_key_still_holds_and_only_while_the_key_is_named(
    alice: User, settings: Any
) -> None:
    key = await database.call(sign_in, alice)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "the next key"
    assert (await by_session(key)).user is None
    settings.SECRET_KEY_FALLBACKS = [old]
    visitor = await by_session(key)
    assert visitor.user == alice
    assert await database.call(alive, {visitor.credential}) == {visitor.credential}


async def test_a_session_of_another_backend_lets_nobody_in(alice: User, settings: Any) -> None:
    key = await database.call(sign_in, alice)
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    assert (await by_session(key)).user is None


async def test_a_token_lets_its_person_in(alice: User) -> None:
    token = await database.call(token_of, alice)
    visitor = await by_token(token)
    assert (visitor.user, visitor.refused) == (alice, None)
    assert visitor.credential == Credential(alice.pk, token_digest=digest(token))
    later = await database.call(token_of, alice)
    assert (await by_token(token)).user == (await by_token(later)).user == alice


@pytest.mark.parametrize("token", ["", "wrong", "é", "a\0b", "\ud800", "x" * 10_000])
async def test_a_token_that_is_none_is_refused_never_a_guest(token: str) -> None:
    visitor = await by_token(token)
    assert visitor.user is None
    assert isinstance(visitor.refused, Unauthenticated)


async def test_a_token_counts_before_a_session(alice: User) -> None:
    key = await database.call(sign_in, alice)
    visitor = await identify(key, "wrong", ADDRESS)
    assert visitor.user is None
    assert isinstance(visitor.refused, Unauthenticated)


async def test_a_token_ends_when_it_expires_is_deleted_or_its_person_is_deactivated(alice: User) -> None:
    soon = timezone.now() + timedelta(hours=1)
    token = await database.call(lambda: token_of(alice, expires_at=soon))
    credential = (await by_token(token)).credential
    assert await database.call(alive, {credential}) == {credential}
    for field, end, before in (
        ("expires_at", timezone.now(), soon),
        ("digest", "another", digest(token)),
    ):
        await database.call(Token.objects.update, **{field: end})
        assert (await by_token(token)).refused is not None
        assert await database.call(alive, {credential}) == set()
        await database.call(Token.objects.update, **{field: before})
    await database.call(deactivate, alice)
    assert (await by_token(token)).refused is not None
    assert await database.call(alive, {credential}) == set()


async def test_only_a_digest_of_a_token_is_kept(alice: User) -> None:
    token = await database.call(token_of, alice)
    kept = await database.call(lambda: [str(list(row.values())) for row in Token.objects.values()])
    assert len(kept) == 1
    assert token not in kept[0]


async def test_alive_asks_as_often_for_many_as_for_one(alice: User) -> None:
    def make() -> set[Credential]:
        found = {Credential(None), Credential(alice.pk)}
        for number in range(10):
            someone = person(f"person {number}")
            hashed = someone.get_session_auth_hash()
            found |= {
                Credential(someone.pk, sign_in(someone), hashed),
                Credential(someone.pk, None, None, "gone"),
            }
        return found

    def ask(credentials: set[Credential]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            holding = alive(credentials)
        return len(captured), len(holding)

    credentials = await database.call(make)
    assert await database.call(ask, credentials) == (3, 12)
    assert (await database.call(ask, {Credential(alice.pk)}))[0] <= 3


async def test_a_request_is_its_cookies_or_its_tokens(alice: User) -> None:
    key, token = await database.call(lambda: (sign_in(alice), token_of(alice)))
    factory = RequestFactory()
    factory.cookies[COOKIE] = key
    assert (await visitor_of(factory.get("/"))).user == alice
    bare = RequestFactory()
    assert (await visitor_of(bare.get("/"))).user is None
    for header in (f"Bearer {token}", f"bearer   {token} "):
        visitor = await visitor_of(bare.get("/", headers={"Authorization": header}, REMOTE_ADDR=ADDRESS))
        assert (visitor.user, visitor.address) == (alice, ADDRESS)
    basic = await visitor_of(bare.get("/", headers={"Authorization": f"Basic {token}"}))
    assert (basic.user, basic.refused) == (None, None)
