"""The database goes away, hangs, is held by another or has no room left: nothing acknowledged suffers by it."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.delivery.house import House
from tests.delivery.load import Load
from tests.people import Person
from tests.services.postgres import Postgres
from tests.wire import PATIENCE_S, Wire

Enter = Callable[..., None]

# Long enough for the pool to have become tired of connecting.
AWAY_S = 9.0
# More than the chat's own threads keep, so that some wait in Django's pool.
ASKERS = 12
LOCKED_S = 8.0
FROZEN_S = 20.0
SMALL_DISK_BYTES = 8 << 20
LONG_TEXT = "long " * 1_500


@pytest.fixture
def cluster() -> Iterator[Postgres]:
    """A PostgreSQL that a test may crash: unlike the one of all tests it keeps what it said it has."""
    server = Postgres("-own", options=())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("Only root can mount a small disk.")
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES}", "tmpfs", str(folder)]
    if (done := subprocess.run(command, capture_output=True, text=True)).returncode:
        pytest.skip(f"This root may not mount a small disk: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    ("by", "manner"),
    [
        pytest.param(signal.SIGINT, "restarted", marks=pytest.mark.long, id="restarted"),
        pytest.param(signal.SIGQUIT, "crashed and started again", id="crashed"),
    ],
)
async def test_postgresql_restarted_under_load(
    new_house: Callable[..., House], cluster: Postgres, by: signal.Signals, manner: str, enter: Enter
) -> None:
    settings = {"DATABASE_URL": cluster.new_database()}
    house = await asyncio.to_thread(new_house, settings=settings)
    async with Load(house, speakers=4, messages=None, pause_s=0.05) as load:
        await load.acknowledges(60)
        await asyncio.to_thread(cluster.end, by)
        await some_refusal(load)
        await asyncio.to_thread(cluster.start)
        await load.acknowledges(60)
        await load.done()
        seen = await load.check_everywhere_once()
        assert load.refusals == {"unavailable"}
        enter(f"PostgreSQL {manner}", seen, "refused meanwhile: unavailable")


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    "away_s", [pytest.param(0.0, id="at_once"), pytest.param(AWAY_S, marks=pytest.mark.long, id="later")]
)
async def test_postgresql_restarted_while_idle_fails_nobody_once_it_is_back(
    new_house: Callable[..., House], cluster: Postgres, away_s: float, enter: Enter
) -> None:
    settings = {"DATABASE_URL": cluster.new_database()}
    house = await asyncio.to_thread(new_house, settings=settings, servers=1)
    author = house.person("author")
    await author.say("before")
    async with httpx.AsyncClient(base_url=house.urls[0], timeout=PATIENCE_S) as client:
        await all_served(client)
        await asyncio.to_thread(cluster.end, signal.SIGINT)
        if away_s:
            assert (await client.get("/readyz")).status_code == 503
            await asyncio.sleep(away_s)
        await asyncio.to_thread(cluster.start)
        for _ in range(3):
            assert (await client.get("/readyz")).status_code == 200
        await author.say("after")
        await asyncio.gather(all_served(client), *(subscribe(house.urls[0]) for _ in range(ASKERS)))
    assert author.refusals == author.goodbyes == []
    assert (await house.fresh_view()).texts() == ["before", "after"]
    await author.leave()
    enter(f"PostgreSQL away for {away_s:.0f} s, nobody about", besides="nobody was refused once it was back")


@pytest.mark.long
@pytest.mark.only_on("postgresql")
async def test_postgresql_frozen_for_twenty_seconds(
    new_house: Callable[..., House], cluster: Postgres, enter: Enter
) -> None:
    settings = {"DATABASE_URL": cluster.new_database()}
    house = await asyncio.to_thread(new_house, settings=settings)
    async with Load(house, speakers=4, messages=None, pause_s=0.1) as load:
        await load.acknowledges(60)
        cluster.hold()
        try:
            await asyncio.sleep(FROZEN_S)
        finally:
            cluster.let_go()
        await load.acknowledges(60)
        await load.done()
        seen = await load.check_everywhere_once()
        assert seen.longest_wait_s > FROZEN_S / 2
        assert load.refusals == {"unavailable"}
        enter("PostgreSQL frozen for 20 s", seen, "refused meanwhile: unavailable")


@pytest.mark.long
@pytest.mark.only_on("sqlite")
async def test_sqlite_locked_by_another_process(house: House, migrated: dict[str, str], enter: Enter) -> None:
    async with Load(house, speakers=4, messages=None, pause_s=0.05) as load:
        await load.acknowledges(60)
        path = Path(migrated["CHAT_DATA_DIR"]) / "chat.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=LOCKED_S)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(LOCKED_S)
            other.execute("ROLLBACK")
        await load.acknowledges(60)
        await load.done()
        seen = await load.check_everywhere_once()
        assert seen.longest_wait_s > LOCKED_S / 2
        assert load.refusals == set()
        enter("SQLite locked for 8 s", seen, "nobody was refused")


@pytest.mark.only_on("sqlite")
async def test_a_full_disk_refuses_messages_and_takes_them_once_there_is_room(
    new_house: Callable[..., House], migrated: dict[str, str], small_disk: Path, enter: Enter
) -> None:
    shutil.copy(Path(migrated["CHAT_DATA_DIR"]) / "chat.sqlite3", small_disk)
    house = await asyncio.to_thread(new_house, settings={"CHAT_DATA_DIR": str(small_disk)})
    author = house.person("author")
    await author.say("there is room")
    async with Load(house, speakers=3, messages=None, pause_s=0.1, room="other") as load:
        await load.acknowledges(10)
        fill(small_disk / "filler")
        talking = asyncio.create_task(talk_until_refused(author))
        await some_refusal(load)
        (small_disk / "filler").unlink()
        said = ["there is room", *await talking]
        await load.acknowledges(10)
        await load.done()
        seen = await load.check_everywhere_once()
    assert load.refusals == {refusal["code"] for refusal in author.refusals} == {"unavailable"}
    half = await asyncio.to_thread(house.stored)
    half.assert_log_is_whole()
    assert half.texts() == said == (await house.fresh_view()).texts()
    await author.leave()
    enter("disk full", seen, "refused meanwhile: unavailable")


async def all_served(client: httpx.AsyncClient) -> None:
    """Read by the chat's own threads and by those of Django's pages, side by side."""
    paths = ["/api/rooms/lobby/messages", "/accounts/login/"] * ASKERS
    answers = await asyncio.gather(*(client.get(path) for path in paths))
    assert {answer.status_code for answer in answers} == {200, 302}


async def subscribe(url: str) -> None:
    async with await Wire.connect(url) as wire:
        await wire.subscribe("lobby")


def fill(file: Path) -> None:
    """Take all the room there is."""
    with file.open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(1 << 16)):
                pass
        except OSError:
            return


async def talk_until_refused(author: Person) -> list[str]:
    """Fill what room the database has in its own files; what was said, each acknowledged in the end."""
    said: list[str] = []
    while not author.refusals:
        said.append(f"{len(said)}: {LONG_TEXT}")
        await author.say(said[-1])
    return said


async def some_refusal(load: Load) -> None:
    """Return when a speaker was refused."""
    while not load.refusals:
        await asyncio.sleep(0.05)
