"""The drill: a backup while people talk, restored elsewhere, is the installation as it was."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.backups.conftest import Settings, manage
from tests.delivery.test_irc_replay import LOGS, spoken
from tests.people import Person
from tests.programs import Program
from tests.wire import PATIENCE_S, Object, Wire

SPOKEN_BEFORE = 120
AFTER_A_RESTORE = 1_000_000
OPEN = {"CHAT_RATE_LIMITS": "off", "CHAT_GUESTS": "write", "CHAT_ROOMS_ON_DEMAND": "1"}


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[Program]:
    with Program.manage("serve", "--migrate", "--port", "0", **{**OPEN, **settings}) as server:
        await asyncio.to_thread(server.url)
        yield server
        assert await asyncio.to_thread(server.end, signal.SIGTERM) == 0
        print(f"--- a server:\n{server.output}")


def token(settings: Settings, name: str) -> str:
    return manage(settings, "token", name, "--create")[-1]


async def history(server: Program, room: str, secret: str) -> list[Object]:
    """Every message of a room that is in no thread, as a fresh reader gets it."""
    found: list[Object] = []
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=server.url(), headers=headers, timeout=PATIENCE_S) as client:
        more, before = True, dict[str, Any]()
        while more:
            answer = await client.get(f"/api/rooms/{room}/messages", params={"limit": 100, **before})
            page = answer.raise_for_status().json()
            found = page["messages"] + found
            more, before = page["has_older"], {"before": found[0]["id"]} if found else {}
    return found


async def make_rooms(server: Program, alice: str) -> list[str]:
    """A direct and a private room of alice and bob; their slugs."""
    headers = {"Authorization": f"Bearer {alice}"}
    async with httpx.AsyncClient(base_url=server.url(), headers=headers, timeout=PATIENCE_S) as client:
        people = (await client.get("/api/users", params={"q": "bob"})).raise_for_status().json()["users"]
        slugs = []
        for kind in ("direct", "private"):
            room = {"name": f"Alice and Bob, {kind}", "kind": kind, "members": [people[0]["id"]]}
            slugs.append((await client.post("/api/rooms", json=room)).raise_for_status().json()["slug"])
    return slugs


async def talk(server: Program, alice: str, bob: str, rooms: list[str]) -> None:
    """The IRC log as far as it goes, and everything else that happens to messages."""
    async with (
        await Wire.connect(server.url(), token=alice) as hers,
        await Wire.connect(server.url(), token=bob) as his,
    ):
        for number, (_, text) in enumerate(spoken(LOGS[0])[:SPOKEN_BEFORE]):
            sent = await (hers, his)[number % 2].ask(
                "send", room="lobby", text=text, client_id=f"irc-{number}"
            )
        root = sent["message_id"]
        for room in rooms:
            said = await his.ask("send", room=room, text="only for us, @alice **and** me", reply_to=None)
            await hers.ask("react", message_id=said["message_id"], emoji="🎉", on=True)
            secret = await his.ask("send", room=room, text="a secret that must go")
            await his.ask("delete", message_id=secret["message_id"])
        await his.ask("send", room="lobby", text="in a thread", thread=root)
        gone = await hers.ask("send", room="lobby", text="in a thread, for a moment", thread=root)
        await hers.ask("delete", message_id=gone["message_id"])
        await hers.ask("send", room="lobby", text="a quote", reply_to=root)
        changed = await his.ask("send", room="lobby", text="before the edit")
        await his.ask("edit", message_id=changed["message_id"], text="after the edit")


@asynccontextmanager
async def talking(server: Program, room: str) -> AsyncIterator[list[Object]]:
    """Somebody who goes on posting until the end of the `with`; what was acknowledged so far."""
    person, acknowledged = Person([server.url()], room, name="Chatterbox"), list[Object]()

    async def go_on() -> None:
        while True:
            acknowledged.append(await person.say(f"still talking, {len(acknowledged)}"))
            # The commands that run meanwhile need a core, too.
            await asyncio.sleep(0.02)

    task = asyncio.create_task(go_on())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not acknowledged:
                await asyncio.sleep(0.01)
        yield acknowledged
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await person.leave()


async def test_what_was_saved_under_load_is_restored_to_the_letter(
    installation: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    target, place = tmp_path / "saved", elsewhere()
    async with served(installation) as server:
        alice, bob = [await asyncio.to_thread(token, installation, name) for name in ("alice", "bob")]
        rooms = await make_rooms(server, alice)
        await talk(server, alice, bob, rooms)
        async with talking(server, "lobby") as acknowledged:
            assert (await asyncio.to_thread(manage, installation, "verify"))[-1].endswith("as it must be.")
            before = len(acknowledged)
            lines = await asyncio.to_thread(manage, installation, "backup", str(target))
            assert lines[-1] == str(target)
        assert len(acknowledged) > before
        truth = {room: await history(server, room, alice) for room in ("lobby", *rooms)}
        async with await Wire.connect(server.url()) as wire:
            epoch = wire.hello["epoch"]
    told = await asyncio.to_thread(manage, place, "restore", str(target))
    assert not [line for line in told if "already" in line]
    await assert_verified(place, target)
    async with served(place) as server:
        saved = await assert_restored(server, alice, truth)
        assert {reply["message_id"] for reply in acknowledged[:before]} <= saved
        await assert_goes_on(server, alice, epoch, saved)


async def assert_verified(place: Settings, target: Path) -> None:
    said = await asyncio.to_thread(manage, place, "verify", "--json", "--manifest", str(target))
    report = json.loads(said[-1])
    assert (report["ok"], report["findings"]) == (True, 0)
    assert report["messages"] > 0


async def assert_restored(server: Program, secret: str, truth: dict[str, list[Object]]) -> set[int]:
    """Every room is as it was saved; the lobby, in which people went on talking, up to some message. Its ids."""
    for room, messages in truth.items():
        found = await history(server, room, secret)
        assert found
        assert found == messages[: len(found)]
        assert room == "lobby" or len(found) == len(messages)
    return {message["id"] for message in await history(server, "lobby", secret)}


async def assert_goes_on(server: Program, secret: str, epoch: str, saved: set[int]) -> None:
    """Another history: what was sent before is known, and what comes has numbers that were never given out."""
    async with await Wire.connect(server.url(), token=secret) as wire:
        assert wire.hello["epoch"] != epoch
        again = await wire.ask("send", room="lobby", text=spoken(LOGS[0])[0][1], client_id="irc-0")
        assert again["duplicate"]
        new = await wire.ask("send", room="lobby", text="the first after it")
        assert new["message_id"] > max(saved) + AFTER_A_RESTORE


async def test_who_stays_over_the_restore_of_an_older_backup_ends_with_what_is_there(
    installation: Settings, tmp_path: Path
) -> None:
    target = tmp_path / "older"
    async with served(installation) as server:
        alice = await asyncio.to_thread(token, installation, "alice")
        person = Person([server.url()], "lobby", name="Alice", token=alice)
        for text in ("one", "two"):
            await person.say(text)
        await asyncio.to_thread(manage, installation, "backup", str(target))
        for text in ("lost", "lost too"):
            await person.say(text)
        staying = asyncio.create_task(person.stay())
        await asyncio.to_thread(manage, installation, "flush", "--no-input")
        await asyncio.to_thread(manage, installation, "restore", str(target))
        await said_since(person, "after the restore")
        async with await Wire.connect(server.url(), token=alice) as fresh:
            truth = await fresh.subscribe("lobby")
            assert truth.texts() == ["one", "two", "after the restore"]
            await (await person.wire()).until(lambda: person.view.messages == truth.messages)
        staying.cancel()
        with suppress(asyncio.CancelledError):
            await staying
        await person.leave()
        assert 1012 in person.closes
    assert manage(installation, "verify")[-1].endswith("everything is as it must be.")


async def said_since(person: Person, text: str) -> None:
    """Said once the server has noticed: before that the person's socket may be of the old history."""
    async with asyncio.timeout(PATIENCE_S):
        while 1012 not in person.closes:
            await asyncio.sleep(0.05)
            await person.wire()
    await person.say(text)
