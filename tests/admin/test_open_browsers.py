"""What operators do is seen at once on open sockets."""

import pytest
from django.test import AsyncClient

from chat import database
from chat.actions import purge
from chat.actions.accounts import create_token
from chat.actions.reactions import react
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


async def test_open_browsers_follow_while_everything_by_one_person_is_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purge, "CHANGED_AT_ONCE", 2)
    cast = await database.write(assemble)
    admin = await _olga()
    for number in range(3):
        await database.write(say, cast.bob, cast.lobby, f"bad {number}")
    liked = await database.write(say, cast.alice, cast.lobby, "good")
    await database.write(react, cast.bob, liked.message_id, "👍", True)
    token = await database.write(create_token, cast.alice)

    async with Socket(headers={"authorization": f"Bearer {token}"}) as alice:
        seen = {message["id"]: message for message in (await alice.event("subscribed"))["messages"]}
        for step in range(3):
            await admin.post(f"/admin/chat/user/{cast.bob.pk}/everything/", {"done": step})
        for seq in range(6, 10):
            message = (await alice.event("message"))["message"]
            assert message["seq"] == seq
            seen[message["id"]] = message
        gone = [message for message in seen.values() if message["author"]["id"] == cast.bob.pk]
        assert [(message["deleted"], message["text"]) for message in gone] == [(True, "")] * 3
        assert seen[liked.message_id]["text"] == "good"
        assert seen[liked.message_id]["reactions"] == []


async def test_a_ban_ends_what_the_person_reads_and_others_see_its_record() -> None:
    cast = await database.write(assemble)
    admin = await _olga()
    sockets = [
        Socket(f"/ws/chat/{cast.open.slug}/", headers={"authorization": f"Bearer {token}"})
        for token in [await database.write(create_token, who) for who in (cast.alice, cast.bob)]
    ]
    async with sockets[0] as alice, sockets[1] as bob:
        await alice.event("subscribed")
        await bob.event("subscribed")
        form = {"room": cast.open.pk, "user": cast.bob.pk, "reason": ""}
        await admin.post("/admin/chat/ban/add/", form)
        assert (await bob.event("removed"))["reason"] == "banned"
        seen = await alice.event("message")
        assert seen["message"]["event"]["name"] == "member_removed"
        assert [event for event in bob.events if event["type"] == "message"] == []


async def test_signing_somebody_out_closes_their_sockets() -> None:
    cast = await database.write(assemble)
    admin, theirs = await _olga(), AsyncClient()
    await theirs.aforce_login(cast.bob)
    async with _socket(theirs) as bobs:
        await bobs.event("hello")
        form = {"action": "sign_out", "_selected_action": cast.bob.pk, "index": 0}
        await admin.post("/admin/chat/user/", form)
        assert await bobs.closed() == 4401


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


async def _olga() -> AsyncClient:
    """Somebody who may do everything, signed in."""
    olga = await database.write(person, "olga")
    await database.write(User.objects.filter(pk=olga.pk).update, is_staff=True, is_superuser=True)
    client = AsyncClient()
    await client.aforce_login(olga)
    return client


def _socket(client: AsyncClient) -> Socket:
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    return Socket("/ws/chat/", headers={"cookie": cookie, "origin": "http://testserver"})


async def test_open_browsers_show_a_name_that_an_operator_changed() -> None:
    cast = await database.write(assemble)
    admin = await _olga()
    token = await database.write(create_token, cast.alice)
    page = await admin.get(f"/admin/chat/user/{cast.bob.pk}/change/")
    form = {
        name: field for name, field in page.context["adminform"].form.initial.items() if field is not None
    }
    form |= {"name": "Robert", "groups": [], "user_permissions": []}
    async with Socket(headers={"authorization": f"Bearer {token}"}) as alice:
        await alice.event("subscribed")
        answer = await admin.post(f"/admin/chat/user/{cast.bob.pk}/change/", form)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        assert (await alice.event("user"))["user"]["name"] == "Robert"
