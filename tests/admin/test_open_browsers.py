"""What operators do is seen at once on open sockets."""

import pytest
from django.test import AsyncClient

from chat import database
from chat.actions.accounts import create_token
from chat.models import User
from tests.cast import assemble, person, say
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_open_browsers_follow_an_operator() -> None:
    cast = await database.write(assemble)
    olga = await database.write(person, "olga")
    await database.write(User.objects.filter(pk=olga.pk).update, is_staff=True, is_superuser=True)
    said = await database.write(say, cast.bob, cast.lobby, "something bad")
    token = await database.write(create_token, cast.bob)
    admin = AsyncClient()
    await admin.aforce_login(olga)

    async with Socket(headers={"authorization": f"Bearer {token}"}) as bob:
        await bob.event("subscribed")
        form = {"action": "remove", "_selected_action": said.message_id, "index": 0, "confirmed": "yes"}
        await admin.post("/admin/chat/message/", form)
        event = await bob.event("message")
        assert (event["message"]["id"], event["message"]["deleted"]) == (said.message_id, True)

        await admin.post(
            "/admin/chat/room/", {"action": "archive", "_selected_action": cast.lobby.pk, "index": 0}
        )
        assert (await bob.event("message"))["message"]["event"]["name"] == "archived"
        assert (await bob.event("room"))["room"]["archived"] is True

        await admin.post(
            "/admin/chat/user/", {"action": "deactivate", "_selected_action": cast.bob.pk, "index": 0}
        )
        assert await bob.closed() == 4401


async def test_an_operators_own_sockets_survive_giving_somebody_a_password() -> None:
    """Django gives the operator's session another key with it, so theirs are sent back for the new cookie."""
    cast = await database.write(assemble)
    olga = await database.write(person, "olga")
    await database.write(User.objects.filter(pk=olga.pk).update, is_staff=True, is_superuser=True)
    admin, theirs = AsyncClient(), AsyncClient()
    await admin.aforce_login(olga)
    await theirs.aforce_login(cast.bob)
    async with _socket(admin) as own, _socket(theirs) as bobs:
        await own.event("hello")
        await bobs.event("hello")
        new = "staple-battery-correct-7"
        form = {"password1": new, "password2": new, "usable_password": "true"}
        await admin.post(f"/admin/chat/user/{cast.bob.pk}/password/", form)
        assert await bobs.closed() == 4401
        assert await own.closed() == 4000
        assert own.events[-1]["type"] == "goodbye"
    async with _socket(admin) as back:
        assert (await back.event("hello"))["user"]["id"] == olga.pk


def _socket(client: AsyncClient) -> Socket:
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    return Socket("/ws/chat/", headers={"cookie": cookie, "origin": "http://testserver"})
