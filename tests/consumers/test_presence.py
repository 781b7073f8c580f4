"""Who is there, as the others in a room are told."""

import pytest

from chat import database
from chat.actions.accounts.profiles import change_profile
from chat.models import User
from tests.cast import Cast
from tests.consumers.socket import Socket
from tests.consumers.test_attention import come

pytestmark = pytest.mark.django_db(transaction=True)


async def heard(socket: Socket, user: User, state: str) -> None:
    """Read on until the socket is told that this person is in this state."""
    while (event := await socket.event("presence"))["state"] != state or event["user"] != user.pk:
        pass


async def test_coming_idling_and_going_are_told_in_the_room(cast: Cast) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        assert (await alice.event("subscribed"))["online"] == [cast.alice.pk]
        async with await come(cast.bob, "/ws/chat/lobby/") as bob:
            assert set((await bob.event("subscribed"))["online"]) == {cast.alice.pk, cast.bob.pk}
            await heard(alice, cast.bob, "online")
            await bob.ask("presence", state="idle")
            await heard(alice, cast.bob, "idle")
            await bob.ask("presence", state="active")
            await heard(alice, cast.bob, "online")
        await heard(alice, cast.bob, "offline")


async def test_one_active_device_keeps_its_person_online(cast: Cast) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as alice,
        await come(cast.bob, "/ws/chat/lobby/") as desk,
        await come(cast.bob, "/ws/chat/lobby/") as phone,
    ):
        await heard(alice, cast.bob, "online")
        await desk.ask("presence", state="idle")
        await phone.ask("presence", state="idle")
        await heard(alice, cast.bob, "idle")
        await phone.ask("presence", state="active")
        await heard(alice, cast.bob, "online")


async def test_members_are_seen_in_rooms_that_they_do_not_look_at(cast: Cast) -> None:
    async with await come(cast.alice) as alice:
        await alice.ask("subscribe", room=cast.private.slug)
        async with await come(cast.bob):
            await heard(alice, cast.bob, "online")
            page = await alice.ask("subscribe", room=cast.private.slug)
            assert set(page["online"]) == {cast.alice.pk, cast.bob.pk}


async def test_who_hides_is_told_of_others_and_never_seen(cast: Cast) -> None:
    def hide() -> None:
        User.objects.filter(pk=cast.bob.pk).update(hides_presence=True)

    await database.write(hide)
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        async with await come(cast.bob, "/ws/chat/lobby/") as bob:
            assert (await bob.event("subscribed"))["online"] == [cast.alice.pk]
            async with await come(cast.carol, "/ws/chat/lobby/"):
                await heard(bob, cast.carol, "online")
                await heard(alice, cast.carol, "online")
        assert not [event for event in alice.events if event.get("user") == cast.bob.pk]


async def test_nobody_outside_of_the_room_is_told(cast: Cast) -> None:
    async with await come(cast.carol) as carol, await come(cast.alice) as alice:
        await alice.ask("subscribe", room=cast.private.slug)
        async with await come(cast.bob):
            await heard(alice, cast.bob, "online")
        await carol.ask("ping")
        assert not [event for event in carol.events if event["type"] == "presence"]


async def test_hiding_and_another_name_hold_for_open_connections(cast: Cast) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as alice,
        await come(cast.bob, "/ws/chat/lobby/") as bob,
    ):
        await heard(alice, cast.bob, "online")
        await database.write(change_profile, cast.bob, name="Robert", hides_presence=True)
        await heard(alice, cast.bob, "offline")
        await bob.ask("typing")
        assert (await alice.event("typing"))["user"]["name"] == "Robert"
