"""The clock of a server's machine is set back by an hour: numbers, answers and rights do not go by it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.delivery.house import House
from tests.delivery.load import Load
from tests.services import debian
from tests.wire import PATIENCE_S

Enter = Callable[..., None]

BACK = timedelta(hours=1)


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """A file that holds by how much the clock of the servers is off."""
    file = tmp_path / "clock"
    file.write_text("+0")
    return file


@pytest.fixture
def house(new_house: Callable[..., House], clock: Path) -> House:
    """Its servers see the clock through libfaketime; clocks that only run forward are left alone, as by a real step."""
    faked = {
        "LD_PRELOAD": str(libfaketime()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        # Seconds. Looking at the file at every look at the clock would make all of it ten times slower.
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    return new_house(settings=faked)


def libfaketime() -> Path:
    """The library; on Debian it is installed when root asks."""
    for _ in range(2):
        if found := next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None):
            return found
        debian.install("libfaketime")
    pytest.skip("libfaketime is missing on this machine")


@pytest.mark.long
async def test_the_clock_set_back_by_an_hour_under_load(house: House, clock: Path, enter: Enter) -> None:
    async with Load(house, speakers=4, messages=None, pause_s=0.05) as load:
        await load.acknowledges(60)
        set_back(clock)
        async with asyncio.timeout(PATIENCE_S):
            while not (first_stamp(load) < datetime.now(UTC) - BACK / 2):
                await load.acknowledges(1)
        await load.acknowledges(60)
        newcomer = house.person("newcomer")
        answer = await newcomer.say("hello from an hour ago", "newcomer")
        assert not answer["duplicate"]
        load.ledger.attempt("hello from an hour ago")
        load.ledger.acknowledge("hello from an hour ago", answer)
        await newcomer.leave()
        async with httpx.AsyncClient(base_url=house.urls[0], timeout=PATIENCE_S) as client:
            headers = {"Authorization": f"Bearer {load.speakers[0].token}"}
            me = (await client.get("/api/me", headers=headers)).raise_for_status().json()
        assert me["user"]["name"] == load.speakers[0].name
        await load.acknowledges(60)
        await load.done()
        seen = await load.check_everywhere_once()
        assert [code for person in load.people for code in person.closes] == []
        enter("the clock set back by an hour", seen, "no socket was closed, tokens hold")


def set_back(clock: Path) -> None:
    clock.write_text(f"-{int(BACK.total_seconds())}")


def first_stamp(load: Load) -> datetime:
    """The earliest time that a message bears."""
    stamps = [message["at"] for message in load.readers[0].view.messages.values()]
    return datetime.fromisoformat(min(stamps).replace("Z", "+00:00"))
