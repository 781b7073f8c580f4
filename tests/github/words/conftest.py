"""What somebody types behind /github in a room, by either door; and people with a GitHub account of their own."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from chat.actions.accounts import create_token
from chat.database import write
from chat.models import Room, User
from tests.api.conftest import client
from tests.consumers.socket import Socket


class Said(NamedTuple):
    """What came back: Markdown and its HTML, or the code of a refusal and what it says."""

    text: str = ""
    html: str = ""
    code: str = ""
    detail: str = ""


Type = Callable[[User, Room, str], Awaitable[Said]]


async def over_http(user: User, room: Room, text: str) -> Said:
    token = await write(create_token, user)
    async with client(Authorization=f"Bearer {token}") as door:
        body = (await door.post(f"/api/rooms/{room.slug}/slash", json={"text": text})).json()
    if "code" in body:
        return Said(code=body["code"], detail=body["detail"])
    return Said(body["text"], body["html"])


async def by_socket(user: User, room: Room, text: str) -> Said:
    token = await write(create_token, user)
    async with Socket("/ws/chat/", headers={"authorization": f"Bearer {token}"}) as socket:
        reply = await socket.ask("slash", room=room.slug, text=text)
        if reply["type"] == "error":
            return Said(code=reply["code"], detail=reply["detail"])
        result = await socket.event("result")
        return Said(result["text"], result["html"])


@pytest.fixture(params=[over_http, by_socket])
def type_(request: pytest.FixtureRequest) -> Type:
    """By both doors."""
    door: Type = request.param
    return door
