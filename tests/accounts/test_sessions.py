"""Open sockets when a session ends or is renewed, seen on the sockets themselves."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.test import AsyncClient

from chat import database
from chat.actions.accounts import create_guest, create_token
from chat.models import SignIn, Token, User
from tests.accounts.conftest import PASSWORD, person
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "staple-battery-correct-7"
SESSION_ENDED, COME_BACK = 4401, 4000


def socket(client: AsyncClient) -> Socket:
    """A socket of this browser: its cookie, and the Origin of our own pages."""
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    return Socket("/ws/chat/", headers={"cookie": cookie, "origin": "http://testserver"})


async def browser(user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def come(user: User) -> tuple[AsyncClient, Socket]:
    """The person's browser, and a socket of it that is greeted."""
    client = await browser(user)
    opened = await socket(client).__aenter__()
    assert (await opened.event("hello"))["user"]["id"] == user.pk
    return client, opened


@pytest.fixture
async def bob() -> User:
    await database.write(person, "alice", superuser=True)
    return await database.write(person, "bob")


Post = Callable[[AsyncClient], Coroutine[Any, Any, object]]


async def sign_out(client: AsyncClient) -> None:
    await client.post("/accounts/logout/")


async def sign_out_of_the_admin(client: AsyncClient) -> None:
    await client.post("/admin/logout/")


@pytest.mark.parametrize("leave", [sign_out, sign_out_of_the_admin])
async def test_signing_out_closes_the_sockets_of_this_session_alone(bob: User, leave: Post) -> None:
    await database.write(User.objects.filter(pk=bob.pk).update, is_staff=True)
    here, first = await come(bob)
    second = await socket(here).__aenter__()
    _, elsewhere = await come(bob)
    await leave(here)
    assert await first.closed() == SESSION_ENDED
    assert await second.closed() == SESSION_ENDED
    assert (await elsewhere.ask("ping"))["type"] == "ok"


async def test_changing_the_password_closes_the_others_and_sends_this_browser_back(bob: User) -> None:
    here, own = await come(bob)
    _, elsewhere = await come(bob)
    token = await database.write(create_token, bob)
    async with Socket("/ws/chat/", headers={"authorization": f"Bearer {token}"}) as program:
        form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        response = await here.post("/accounts/password/change/", form)
        assert response.status_code == 302
        assert await elsewhere.closed() == SESSION_ENDED
        # 1012 for what is no server of ours: come back, the cookie has changed.
        assert await own.closed() == COME_BACK
        assert [event["type"] for event in own.events][-1] == "goodbye"
        assert (await program.ask("ping"))["type"] == "ok"
    async with socket(here) as back:
        assert (await back.event("hello"))["user"]["id"] == bob.pk


async def test_a_password_reset_closes_all_sockets(bob: User) -> None:
    from allauth.account.signals import password_reset
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    _, own = await come(bob)
    request = HttpRequest()
    request.user = AnonymousUser()

    def reset() -> None:
        bob.set_password(NEW)
        bob.save()
        password_reset.send(User, request=request, user=bob)

    await database.write(reset)
    assert await own.closed() == SESSION_ENDED


async def test_a_guest_who_signs_up_comes_back_as_the_account(bob: User) -> None:
    guest, token = await database.write(create_guest, "Gus")
    here, own = await come(guest)
    async with Socket("/ws/chat/", headers={"authorization": f"Bearer {token}"}) as program:
        await here.post("/accounts/signup/", {"username": "gus", "password1": PASSWORD})
        assert await own.closed() == COME_BACK
        assert await program.closed() == SESSION_ENDED
    async with socket(here) as back:
        hello = await back.event("hello")
    assert (hello["user"]["id"], hello["user"]["kind"]) == (guest.pk, "user")


async def test_a_guest_who_signs_in_comes_back_as_that_account(bob: User) -> None:
    guest, _ = await database.write(create_guest, "Gus")
    here, own = await come(guest)
    await here.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert await own.closed() == COME_BACK
    async with socket(here) as back:
        assert (await back.event("hello"))["user"]["id"] == bob.pk


async def test_a_revoked_session_and_a_revoked_token_close_their_sockets_alone(bob: User) -> None:
    here, own = await come(bob)
    there, other = await come(bob)
    token = await database.write(create_token, bob)
    async with Socket("/ws/chat/", headers={"authorization": f"Bearer {token}"}) as program:
        await program.event("hello")
        page = "/accounts/sessions/"
        lost = await database.call(SignIn.objects.get, session_key=there.cookies["sessionid"].value)
        await here.post(page, {"session": str(lost.pk)})
        assert await other.closed() == SESSION_ENDED
        assert (await program.ask("ping"))["type"] == "ok"
        made = await database.call(Token.objects.get)
        await here.post(page, {"token": str(made.pk)})
        assert await program.closed() == SESSION_ENDED
    assert (await own.ask("ping"))["type"] == "ok"
