"""What one process accepts arrives at the sockets of the other."""

import pytest

from tests.delivery.house import House
from tests.wire import Wire

pytestmark = pytest.mark.usefixtures("installation")


async def test_a_message_and_an_edit_cross_over(house: House) -> None:
    here, there = house.urls
    async with await Wire.connect(here) as alice, await Wire.connect(there) as bob:
        for wire in (alice, bob):
            await wire.subscribe("lobby")
        sent = await alice.ask("send", room="lobby", text="first", client_id="a")
        arrived = await bob.event("message", room="lobby")
        assert arrived["message"]["id"] == sent["message_id"]
        assert arrived["message"]["text"] == "first"
        await alice.ask("edit", message_id=sent["message_id"], text="second")
        edited = await bob.event("message", room="lobby")
        assert (edited["message"]["id"], edited["message"]["text"]) == (sent["message_id"], "second")
        assert edited["message"]["seq"] == arrived["message"]["seq"] + 1
        assert alice.views["lobby"].texts() == bob.views["lobby"].texts() == ["second"]
