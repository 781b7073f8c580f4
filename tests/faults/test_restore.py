"""An older backup is restored while people stay: they end with what is there, and nothing comes twice."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.delivery.house import House
from tests.delivery.ledger import Ledger, assert_same
from tests.delivery.load import Load
from tests.people import Person
from tests.programs import Program
from tests.services import environment
from tests.wire import PATIENCE_S

Enter = Callable[..., None]

# All that is kept fits on the newest page, which is what somebody has after a reset.
MESSAGES = 8


@pytest.mark.long
async def test_an_older_backup_restored_while_people_stay(
    house: House, migrated: dict[str, str], tmp_path: Path, enter: Enter
) -> None:
    async with staying(house) as stayers:
        target = str(tmp_path / "saved")
        kept = await talk(house, "before")
        await asyncio.to_thread(manage, migrated, "backup", target)
        gone = await talk(house, "after")
        empty = await asyncio.to_thread(take_everything_away, house, migrated)
        await asyncio.to_thread(manage, empty, "restore", target)
        for number in range(len(house.servers)):
            await asyncio.to_thread(house.restart, number, signal.SIGKILL, **empty)
        ledger = joined(kept, await talk(house, "since"))
        await everybody_has(ledger, stayers)
        stored = await asyncio.to_thread(house.stored)
        seen = ledger.compare(stored, [stayer.view for stayer in stayers])
        assert (seen.lost, seen.twice, seen.unexpected) == (0, 0, 0), seen
        stored.assert_log_is_whole()
        assert_same((stayer.view for stayer in stayers), await house.fresh_view())
    newer = f"{len(gone.acknowledged)} newer are gone for all"
    enter("an older backup restored while people stay", seen, newer)


@asynccontextmanager
async def staying(house: House) -> AsyncIterator[list[Person]]:
    """People who come back after every cut."""
    stayers = [house.person(f"stayer {number}", server=number) for number in range(2)]
    for stayer in stayers:
        await stayer.wire()
    tasks = [asyncio.create_task(stayer.stay()) for stayer in stayers]
    yield stayers
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for stayer in stayers:
        await stayer.leave()


async def talk(house: House, when: str) -> Ledger:
    async with Load(house, speakers=3, messages=MESSAGES, readers=0, name=when) as load:
        await load.done()
    return load.ledger


def joined(*ledgers: Ledger) -> Ledger:
    """All of them as one."""
    whole = Ledger()
    for ledger in ledgers:
        whole.attempted |= ledger.attempted
        whole.acknowledged |= ledger.acknowledged
        whole.longest_wait_s = max(whole.longest_wait_s, ledger.longest_wait_s)
    return whole


def manage(settings: dict[str, str], *arguments: str) -> None:
    with Program.manage(*arguments, **settings) as command:
        assert command.wait() == 0, command.output


def take_everything_away(house: House, settings: dict[str, str]) -> dict[str, str]:
    """Stop the servers and lose the database; the settings of an empty one."""
    house.end()
    if environment.ON_POSTGRESQL:
        return {**settings, "DATABASE_URL": environment.postgres.new_database()}
    for file in Path(settings["CHAT_DATA_DIR"]).glob("chat.sqlite3*"):
        file.unlink()
    return settings


async def everybody_has(ledger: Ledger, people: list[Person]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not all(ledger.acknowledged.keys() == set(person.view.texts()) for person in people):
            await asyncio.sleep(0.05)
