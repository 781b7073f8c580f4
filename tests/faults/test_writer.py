"""What carries out changes in a server ends or hangs: the server goes on, and ends in time when it is told to."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.house import House
from tests.delivery.load import Load
from tests.faults.test_restarts import DOCTORED
from tests.wire import Refused, Wire

Enter = Callable[..., None]

# The promise is ten seconds; the last one is for the machine.
DRAINED_WITHIN_S = 11.0


async def test_the_writer_is_killed_again_and_again(new_house: Callable[..., House], enter: Enter) -> None:
    """After every twentieth batch: its messages are committed, and no answer was handed out yet."""
    fault = {0: {"FAULT": "lose-the-writers-thread 20"}}
    house = await asyncio.to_thread(new_house, own=fault, program=DOCTORED)
    async with Load(house, speakers=4, messages=40, pause_s=0.02) as load:
        await load.done()
        enter("the writer's thread killed", await load.check_everywhere_once())


@pytest.mark.long
@pytest.mark.parametrize(
    ("way", "name", "command"),
    [("write", "react", {"emoji": "👍", "on": True}), ("call", "announce_typing", {"room": "lobby"})],
    ids=["a change", "a read"],
)
async def test_a_handler_stuck_for_a_minute_stops_nobody_else_and_no_drain(
    new_house: Callable[..., House],
    tmp_path: Path,
    way: str,
    name: str,
    command: dict[str, Any],
    enter: Enter,
) -> None:
    stuck = tmp_path / "stuck"
    stuck.touch()
    fault = {0: {"FAULT": f"stick {way} {name} {stuck}"}}
    house = await asyncio.to_thread(new_house, own=fault, program=DOCTORED)
    async with await Wire.connect(house.urls[0], "/ws/chat/other/") as unlucky:
        if name == "react":
            sent = await unlucky.ask("send", text="like it", client_id="liked")
            command = {**command, "message_id": sent["message_id"]}
        asking = asyncio.create_task(unlucky.ask(name.split("_")[-1], **command))
        async with Load(house, speakers=4, messages=100, pause_s=0.02) as load:
            await load.done()
            seen = await load.check_everywhere_once()
            with pytest.raises(Refused, match="unavailable"):
                await asking
        began = time.monotonic()
        code = await asyncio.to_thread(house.servers[0].end, signal.SIGTERM)
        took = time.monotonic() - began
        assert code == 0
        assert took < DRAINED_WITHIN_S
        enter(f"a handler stuck in {name}", seen, f"drained in {took:.1f} s")
