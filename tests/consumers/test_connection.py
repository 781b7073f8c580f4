"""What a connection does when its server can or will not send."""

import asyncio
from typing import Any

import pytest

from chat import database, hub
from chat.auth import Visitor
from chat.dispatch.connection import Connection
from chat.hub import Credential
from chat.limits import PENDING_BYTES
from chat.models import Message
from chat.protocol.closes import Close
from tests.consumers.socket import Socket


class Server:
    """The far end of an ASGI send: keeps what it takes, and refuses or holds up what it is told to."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.refuses = ""
        self.flows = asyncio.Event()
        self.flows.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.flows.wait()
        if self.refuses and self.refuses in message.get("text", ""):
            raise RuntimeError("too large for this server")
        self.sent.append(message)


def connection(server: Server) -> Connection:
    return Connection(Visitor(None, Credential(None), ""), server.send, plain=False, real_closes=True)


async def test_frames_go_out_in_order_and_nothing_follows_the_close() -> None:
    server = Server()
    ours = connection(server)
    for text in "abc":
        ours.deliver(text)
    ours.close(Close.RESTARTING, "restart")
    ours.deliver("late")
    await ours.settle()
    assert [message.get("text") or message["code"] for message in server.sent] == ["a", "b", "c", 1012]


async def test_a_frame_that_the_server_refuses_ends_the_connection_instead_of_leaving_a_hole() -> None:
    server = Server()
    server.refuses = "huge"
    ours = connection(server)
    for text in ("first", "huge", "after"):
        ours.deliver(text)
    await ours.settle()
    assert [message.get("text") or message["code"] for message in server.sent] == ["first", 1011]


async def test_a_reader_that_is_too_far_behind_is_cut() -> None:
    server = Server()
    server.flows.clear()
    ours = connection(server)
    for _ in range(5):
        ours.deliver("x" * (PENDING_BYTES // 2))
    assert ours.closed
    server.flows.set()
    await ours.settle()
    assert server.sent[-1]["code"] == 1013
    assert len(server.sent) <= 2


@pytest.mark.django_db(transaction=True)
async def test_settling_waits_for_what_is_at_work_and_begins_nothing_more() -> None:
    async with Socket() as socket:
        await socket.event("subscribed")
        [ours] = (await hub.current()).connections
        await socket.send(type="send", text="before")
        # Begun behind it.
        await socket.ask("ping")
        await ours.settle()
        assert await texts() == ["before"]
        await socket.send(type="send", text="after")
    await database.flush()
    assert await texts() == ["before"]


async def texts() -> list[str]:
    return await database.call(lambda: list(Message.objects.values_list("text", flat=True)))
