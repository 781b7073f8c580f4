"""The key that signs sessions changes, or a session's row goes: who is who stays true of every open socket."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.delivery.browser import Browser
from tests.delivery.house import House
from tests.delivery.rows import execute
from tests.programs import Program
from tests.wire import Gone, Wire

Enter = Callable[..., None]

OLD_KEY, NEW_KEY = "the key of yesterday", "the key of today"
# Without a word of the end: the promise is half a minute, and the rest is for the machine.
NOTICED_WITHIN_S = 45.0
SIGNED_IN_ONLY = {"CHAT_GUESTS": "off", "SECRET_KEY": OLD_KEY}


@pytest.fixture
def closed_house(new_house: Callable[..., House]) -> House:
    """Nobody comes in here without an account."""
    return new_house(settings=SIGNED_IN_ONLY)


@pytest.fixture
def bob(closed_house: House) -> Iterator[Browser]:
    """Signed in, and no administrator."""
    alice, bob = Browser(closed_house.urls[0]), Browser(closed_house.urls[0])
    alice.make_administrator("alice")
    bob.sign_up("bob")
    alice.http.close()
    yield bob
    bob.http.close()


async def new_key(house: House, fallbacks: str) -> None:
    """Restart the servers in turn with another key."""
    for number in range(len(house.servers)):
        changed = {"SECRET_KEY": NEW_KEY, "SECRET_KEY_FALLBACKS": fallbacks}
        await asyncio.to_thread(house.restart, number, signal.SIGTERM, **changed)


async def test_a_new_key_with_the_old_one_as_fallback_ends_no_session(
    closed_house: House, bob: Browser, enter: Enter
) -> None:
    before = [await bob.socket(url) for url in closed_house.urls]
    await new_key(closed_house, OLD_KEY)
    assert {(await wire.gone()).code for wire in before} == {1012}
    for url in closed_house.urls:
        async with await bob.socket(url) as back:
            assert back.hello["user"]["name"] == "bob"
            await back.ask("send", room="lobby", text=f"still me at {url}")
    assert bob.http.get("/api/me").json()["user"]["name"] == "bob"
    enter("SECRET_KEY changed, with a fallback", besides="1012, back as the same person")


async def test_a_page_that_renews_the_session_under_a_new_key_sends_its_sockets_back(
    closed_house: House, bob: Browser, enter: Enter
) -> None:
    """Django gives a session of the old key another cookie as soon as a page asks who comes."""
    await new_key(closed_house, OLD_KEY)
    wires = [await bob.socket(url) for url in closed_house.urls]
    old_cookie = bob.http.cookies["sessionid"]
    bob.http.get("/accounts/password/change/").raise_for_status()
    assert bob.http.cookies["sessionid"] != old_cookie
    assert {(await wire.gone()).code for wire in wires} == {1012}
    for url in closed_house.urls:
        async with await bob.socket(url) as back:
            assert back.hello["user"]["name"] == "bob"
    enter("a session renewed under a new SECRET_KEY", besides="1012, back as the same person")


async def test_a_new_key_without_a_fallback_ends_every_session_and_no_token(
    closed_house: House, bob: Browser, migrated: dict[str, str], enter: Enter
) -> None:
    token = await asyncio.to_thread(token_of, "bob", migrated)
    before = [await bob.socket(url) for url in closed_house.urls]
    await new_key(closed_house, "")
    assert {(await wire.gone()).code for wire in before} == {1012}
    for url in closed_house.urls:
        await refused(bob, url)
        async with await Wire.connect(url, token=token) as program:
            assert program.hello["user"]["name"] == "bob"
    enter("SECRET_KEY changed, without a fallback", besides="4401, and tokens hold")


def token_of(name: str, settings: dict[str, str]) -> str:
    with Program.manage("token", name, **settings) as command:
        assert command.wait() == 0, command.output
    return command.lines[-1]


async def refused(person: Browser, url: str) -> None:
    """A socket with this person's cookie is told to sign in, and closed with 4401."""
    wire = await person.socket(url)
    assert wire.hello["user"] is None
    assert (await wire.event("error"))["code"] == "unauthenticated"
    assert (await wire.gone()).code == 4401


@pytest.mark.long
async def test_a_session_whose_row_is_deleted_ends_its_sockets(
    closed_house: House, bob: Browser, migrated: dict[str, str], enter: Enter
) -> None:
    wires = [await bob.socket(url) for url in closed_house.urls]
    began = time.monotonic()
    await asyncio.to_thread(execute, migrated, "DELETE FROM django_session")
    ends: list[Gone] = [await wire.gone(NOTICED_WITHIN_S) for wire in wires]
    took = time.monotonic() - began
    assert {end.code for end in ends} == {4401}
    await refused(bob, closed_house.urls[0])
    enter("the rows of sessions deleted by SQL", besides=f"4401 after {took:.0f} s")
