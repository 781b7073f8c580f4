"""Who is let in, in which dialect, and what is told to those who are not."""

import asyncio
import threading

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from chat import database
from chat.actions.rooms import create_room, room_on_demand
from chat.limits import USER_SOCKETS
from chat.models import Room, Token, User
from chat.models.token import digest
from tests.consumers.socket import PATIENCE_S, Socket

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "http://testserver"


@pytest.fixture
async def session_cookie(client_of_alice: AsyncClient) -> str:
    return f"sessionid={client_of_alice.cookies['sessionid'].value}"


@pytest.fixture
async def client_of_alice() -> AsyncClient:
    alice = await database.call(User.objects.create_user, "alice")
    client = AsyncClient()
    await client.aforce_login(alice)
    assert (await database.call(dict, await client.asession()))[SESSION_KEY]
    return client


async def test_hello_comes_first_and_subscribed_follows_on_a_room() -> None:
    async with Socket(name="Ada") as socket:
        hello, subscribed = await socket.receive(), await socket.receive()
    assert hello["type"] == "hello"
    assert hello["protocol"] == 1
    assert hello["user"]["name"] == "Ada"
    assert hello["user"]["kind"] == "guest"
    assert hello["limits"] == {"message_chars": 10_000, "frame_bytes": 65_536}
    assert hello["heartbeat"] == 25
    assert subscribed["type"] == "subscribed"
    assert subscribed["reset"] is True
    assert subscribed["room"]["slug"] == "lobby"


async def test_without_a_room_nothing_is_subscribed_to() -> None:
    async with Socket("/ws/chat/") as socket:
        assert (await socket.receive())["type"] == "hello"
        assert await socket.silent()


@pytest.mark.parametrize("offered", [["chat.v2"], ["graphql-ws", "mqtt"]])
async def test_only_unknown_subprotocols_are_refused(offered: list[str]) -> None:
    assert not await Socket(subprotocols=offered).accepted()


async def test_a_known_subprotocol_among_others_is_taken() -> None:
    assert await Socket(subprotocols=["chat.v2", "chat.v1"]).accepted()


async def test_the_plain_dialect_needs_a_room() -> None:
    assert not await Socket("/ws/chat/", plain=True).accepted()


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://testserver", "null", "http://[", OURS + ":1"]
)
async def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert await Socket(headers={"origin": OURS}).accepted()
    assert not await Socket(headers={"origin": origin}).accepted()


async def test_with_a_public_origin_only_that_one_is_ours(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.org"
    assert await Socket(headers={"origin": "https://chat.example.org"}).accepted()
    assert not await Socket(headers={"origin": OURS}).accepted()


async def test_a_session_cookie_without_an_origin_is_refused(session_cookie: str) -> None:
    assert not await Socket(headers={"cookie": session_cookie}).accepted()
    async with Socket(headers={"cookie": session_cookie, "origin": OURS}) as socket:
        assert (await socket.receive())["user"]["name"] == "alice"


async def test_a_bearer_token_is_its_owner() -> None:
    alice = await database.call(User.objects.create_user, "alice")
    await database.call(lambda: Token.objects.create(user=alice, digest=digest("sesame")))
    async with Socket(headers={"authorization": "Bearer sesame"}) as socket:
        hello = await socket.receive()
    assert hello["user"]["id"] == alice.pk
    assert hello["guest_token"] is None


async def test_a_bad_token_is_closed_with_4401_and_never_a_guest() -> None:
    async with Socket(headers={"authorization": "Bearer wrong"}) as socket:
        hello, error = await socket.receive(), await socket.receive()
        assert hello["user"] is None
        assert error["code"] == "unauthenticated"
        assert await socket.closed() == 4401
    assert await database.call(User.objects.count) == 0


async def test_a_guest_token_keeps_a_guest_itself() -> None:
    async with Socket() as first:
        hello = await first.receive()
    async with Socket(headers={"authorization": f"Bearer {hello['guest_token']}"}) as second:
        assert (await second.receive())["user"] == hello["user"]


async def test_without_guests_nobody_is_told_to_sign_in(settings: Settings) -> None:
    settings.CHAT_GUESTS = "off"
    async with Socket() as socket:
        assert (await socket.receive())["user"] is None
        assert (await socket.receive())["code"] == "unauthenticated"
        assert await socket.closed() == 4401
    async with Socket(plain=True) as plain:
        assert set(await plain.receive()) == {"error"}
        assert await plain.closed() == 4401


async def test_guests_from_one_address_are_limited() -> None:
    # The address of a test's socket is empty, as behind a unix socket: all of them share it. The bucket holds 60,
    # and gets a new one each second that this test takes.
    for number in range(300):
        async with Socket("/ws/chat/") as socket:
            if (await socket.receive())["user"] is None:
                error = await socket.receive()
                assert error["code"] == "rate_limited"
                assert 0 < error["retry_after"] <= 1
                assert await socket.closed() == 4429
                assert number >= 60
                return
    pytest.fail("nobody was refused")


async def test_hidden_and_missing_rooms_look_the_same(settings: Settings) -> None:
    settings.CHAT_ROOMS_ON_DEMAND = False
    alice = await database.call(User.objects.create_user, "alice")
    hidden = await database.write(create_room, alice, "Secret", Room.Kind.PRIVATE)
    told = []
    for slug in (hidden.slug, "no-such-room"):
        async with Socket(f"/ws/chat/{slug}/") as socket:
            await socket.receive()
            told.append((await socket.receive(), await socket.closed()))
    assert told[0] == told[1]
    assert told[0][1] == 4404


async def test_an_unused_address_becomes_a_public_room_on_demand(settings: Settings) -> None:
    settings.CHAT_ROOMS_ON_DEMAND = True
    async with Socket("/ws/chat/Caf%C3%A9/") as socket:
        room = (await socket.event("subscribed"))["room"]
    assert (room["slug"], room["kind"], room["seq"], room["members"]) == ("café", "public", 0, 0)


async def test_a_room_that_somebody_else_makes_at_the_same_moment_is_entered(settings: Settings) -> None:
    settings.CHAT_ROOMS_ON_DEMAND = True
    async with Socket() as first:
        await first.event("subscribed")
    waiting = database._readers._work_queue.qsize
    # All readers but one are held up: what waits for them is done in its order.
    gates = [threading.Event() for _ in range(database.READER_THREADS)]
    held = [asyncio.create_task(database.call(gate.wait, PATIENCE_S)) for gate in gates]
    async with Socket("/ws/chat/fresh/") as socket:
        async with asyncio.timeout(PATIENCE_S):
            while not waiting():
                await asyncio.sleep(0.01)
        # Between the socket's look for the room and its next one.
        made = asyncio.create_task(database.call(room_on_demand, "fresh"))
        while waiting() < 2:
            await asyncio.sleep(0.01)
        gates[0].set()
        assert (await socket.event("subscribed"))["room"]["slug"] == "fresh"
        for gate in gates:
            gate.set()
    await asyncio.gather(made, *held)


@pytest.mark.parametrize("slug", ["admin", "a%20b", "x" * 81, "a.b"])
async def test_reserved_and_malformed_addresses_are_no_rooms(slug: str, settings: Settings) -> None:
    settings.CHAT_ROOMS_ON_DEMAND = True
    async with Socket(f"/ws/chat/{slug}/") as socket:
        await socket.receive()
        assert (await socket.receive())["type"] == "error"
        assert await socket.closed() == 4404


async def test_a_hidden_room_is_not_taken_over_on_demand(settings: Settings) -> None:
    settings.CHAT_ROOMS_ON_DEMAND = True
    alice = await database.call(User.objects.create_user, "alice")
    hidden = await database.write(create_room, alice, "Secret", Room.Kind.PRIVATE)
    async with Socket(f"/ws/chat/{hidden.slug}/") as socket:
        assert await socket.closed() == 4404


async def test_one_socket_too_many_of_a_person_is_told_to_wait(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("chat.dispatch.welcome.USER_SOCKETS", 2)
    async with Socket() as first:
        same = {"authorization": f"Bearer {(await first.receive())['guest_token']}"}
        async with Socket(headers=same) as second:
            await second.event("subscribed")
            async with Socket(headers=same) as third:
                assert (await third.event("error"))["code"] == "rate_limited"
                assert await third.closed() == 4429
            async with Socket() as somebody_else:
                await somebody_else.event("subscribed")
            settings.CHAT_RATE_LIMITS = False
            async with Socket(headers=same) as third:
                await third.event("subscribed")
        settings.CHAT_RATE_LIMITS = True
        async with Socket(headers=same) as second:
            await second.event("subscribed")


def test_a_person_may_have_twenty_sockets() -> None:
    assert USER_SOCKETS == 20
