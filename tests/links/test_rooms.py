"""A card's change reaches whoever listens to a room that shows it, in every process, and takes no number."""

import asyncio

import pytest

from chat import database
from chat.actions.cards import tell_card, tell_hidden_card, tell_of_viewer
from chat.hub import Hub
from chat.models import Room
from chat.readers import DatabaseReaders
from tests.cast import Cast, say
from tests.consumers.socket import Socket
from tests.consumers.test_attention import come
from tests.links.postcards import Postcards

pytestmark = pytest.mark.django_db(transaction=True)


async def in_rooms(cast: Cast, *rooms: Room) -> None:
    for room in rooms:
        await database.write(say, cast.alice, room, "card:one")


async def test_everybody_in_a_room_that_shows_it_is_told_and_nobody_else(
    cast: Cast, postcards: Postcards
) -> None:
    await in_rooms(cast, cast.lobby, cast.open)
    postcards.bodies_of["one"] = ("Changed", None)
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as alice,
        await come(cast.bob, "/ws/chat/open/") as bob,
        await come(cast.alice, f"/ws/chat/{cast.private.slug}/") as elsewhere,
    ):
        await elsewhere.event("subscribed")
        before = await database.call(lambda: dict(Room.objects.values_list("slug", "seq")))
        await database.write(tell_card, postcards.card("one", 7))
        for socket in (alice, bob):
            card = (await socket.event("card"))["card"]
            assert (card["id"], card["version"], card["title"]) == (1, 7, "Changed")
        assert await elsewhere.silent()
        assert await database.call(lambda: dict(Room.objects.values_list("slug", "seq"))) == before
    assert postcards.heard == [(1, 7)]


async def test_the_first_page_brings_bodies_on_every_door_of_the_socket(
    cast: Cast, postcards: Postcards
) -> None:
    await in_rooms(cast, cast.lobby)
    postcards.bodies_of["one"] = ("The first", None)
    async with await come(cast.bob, "/ws/chat/lobby/") as bob:
        assert [card["title"] for card in (await bob.event("subscribed"))["cards"]] == ["The first"]
        for command in ("subscribe", "sync"):
            assert [card["title"] for card in (await bob.ask(command, room="lobby"))["cards"]] == [
                "The first"
            ]


async def test_a_hidden_card_tells_no_socket_anything(cast: Cast, postcards: Postcards) -> None:
    await in_rooms(cast, cast.lobby)
    async with await come(cast.bob, "/ws/chat/lobby/") as bob:
        await bob.event("subscribed")
        await database.write(tell_hidden_card, 1, 9)
        assert await bob.silent()
    assert postcards.heard == [(1, 9)]


async def test_the_plain_dialect_hears_of_no_card(cast: Cast, postcards: Postcards) -> None:
    await in_rooms(cast, cast.lobby)
    async with (
        Socket("/ws/chat/lobby/", plain=True) as plain,
        await come(cast.bob, "/ws/chat/lobby/") as bob,
    ):
        await bob.event("subscribed")
        await database.write(tell_card, postcards.card("one", 2))
        await bob.event("card")
        await database.write(say, cast.alice, cast.lobby, "the next")
        assert await plain.receive() == {"message": "the next"}


async def test_the_app_knows_who_looks_and_tells_one_person_alone(cast: Cast, postcards: Postcards) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as alice,
        await come(cast.bob, "/ws/chat/lobby/") as bob,
    ):
        await alice.event("subscribed")
        await bob.event("subscribed")
        watchers = postcards.watchers
        assert watchers is not None
        assert watchers.rooms() == {cast.lobby.pk: {cast.alice.pk, cast.bob.pk}}
        watchers.show_to(cast.alice.pk, postcards.card("one"))
        watchers.show([cast.lobby.pk], postcards.card("two"))
        assert [(await alice.event("card"))["card"]["id"] for _ in range(2)] == [1, 2]
        assert (await bob.event("card"))["card"]["id"] == 2
        assert await bob.silent()


async def test_whoever_reads_elsewhere_is_looked_for_where_they_are(cast: Cast, postcards: Postcards) -> None:
    async with await come(cast.bob, "/ws/chat/lobby/") as bob:
        await bob.event("subscribed")
        for person in (cast.alice, cast.bob):
            await database.call(tell_of_viewer, 1, person.pk)
        assert await bob.silent()
        assert postcards.wanted == [(cast.bob.pk, 1)]


async def test_another_process_is_told_through_redis(cast: Cast, postcards: Postcards) -> None:
    await in_rooms(cast, cast.lobby)
    other = Hub(DatabaseReaders())
    other.start()
    try:
        async with await come(cast.bob, "/ws/chat/lobby/") as bob:
            await bob.event("subscribed")
            postcards.heard.clear()
            async with asyncio.timeout(20):
                # Both processes have to find each other first; until then nobody is told of anything.
                while len(postcards.heard) < 2 or len(set(postcards.heard)) > 1:
                    postcards.heard.clear()
                    await database.write(tell_card, postcards.card("one", 2))
                    await bob.event("card")
                    await asyncio.sleep(0.1)
    finally:
        await other.stop()
