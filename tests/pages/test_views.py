"""The shells: the same for everybody, cached by their ETag, and with the cookie that their script sends back."""

import re

import pytest
from django.test import AsyncClient, Client

# The pages themselves ask for nothing, but the first one asks whether there is an administrator yet.
pytestmark = pytest.mark.django_db(transaction=True)

ROOM = "/chat/lobby/"


async def test_the_room_page_is_the_same_for_every_room_and_visitor() -> None:
    first = await AsyncClient().get(ROOM)
    second = await AsyncClient().get("/chat/b%C3%BCro/", headers={"cookie": "csrftoken=" + "a" * 32})
    assert first.status_code == 200
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


async def test_a_page_that_has_not_changed_is_not_sent_again() -> None:
    client = AsyncClient()
    first = await client.get(ROOM)
    again = await client.get(ROOM, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


async def test_a_page_brings_the_token_that_its_script_sends_back() -> None:
    response = await AsyncClient().get(ROOM)
    assert response.cookies["csrftoken"].value


async def test_pages_are_only_read() -> None:
    assert (await AsyncClient().post(ROOM)).status_code == 405


def test_the_page_is_served_by_a_synchronous_server_too() -> None:
    response = Client().get(ROOM)
    assert response.status_code == 200
    assert b"js/main.js" in response.content


async def test_there_is_nothing_inline_but_the_import_map() -> None:
    page = (await AsyncClient().get(ROOM)).content.decode()
    inline = [
        attributes for attributes, code in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.S) if code
    ]
    assert inline == [' type="importmap"']
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
