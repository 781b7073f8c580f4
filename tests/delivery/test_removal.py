"""Whoever loses a room at one server is out at the other too: nothing from the number of that change on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.delivery.house import House
from tests.programs import Program
from tests.services.redis import Redis
from tests.wire import PATIENCE_S, Refused, Wire

TEXTS_AROUND = 10


class Person:
    """Somebody with a token: requests go to the first server, sockets are open at both."""

    def __init__(self, http: httpx.AsyncClient, wires: list[Wire]) -> None:
        self.http = http
        self.wires = wires
        self.id: int = wires[0].hello["user"]["id"]

    async def do(self, method: str, path: str, **body: Any) -> Any:
        answer = await self.http.request(method, f"/api/rooms{path}", json=body)
        return answer.raise_for_status().json()

    async def subscribe(self, slug: str) -> None:
        for wire in self.wires:
            await wire.subscribe(slug)

    async def chatter(self, slug: str) -> None:
        """Enough to say before and after anything that happens meanwhile."""
        for number in range(TEXTS_AROUND):
            await self.wires[number % 2].ask("send", room=slug, text=f"line {number}")


@pytest.fixture
async def people(house: House, migrated: dict[str, str]) -> AsyncIterator[dict[str, Person]]:
    async with AsyncExitStack() as stack:
        found = {}
        for name in ("alice", "bob", "carol"):
            token = await asyncio.to_thread(_token, migrated, name)
            wires = [
                await stack.enter_async_context(await Wire.connect(url, token=token)) for url in house.urls
            ]
            headers = {"Authorization": f"Bearer {token}"}
            http = httpx.AsyncClient(base_url=house.urls[0], headers=headers, timeout=PATIENCE_S)
            found[name] = Person(await stack.enter_async_context(http), wires)
        yield found


def _token(migrated: dict[str, str], name: str) -> str:
    with Program.manage("token", name, "--create", **migrated) as command:
        assert command.wait() == 0, command.output
    return command.lines[-1]


async def room_of(people: dict[str, Person], kind: str) -> str:
    """A room of alice with bob, to which everybody who may is subscribed at both servers."""
    room = await people["alice"].do(
        "POST", "", name=f"Room that is {kind}", kind=kind, members=[people["bob"].id]
    )
    slug: str = room["slug"]
    for person in people.values() if kind != "private" else [people["alice"], people["bob"]]:
        await person.subscribe(slug)
    return slug


async def assert_is_out(person: Person, slug: str, reason: str, last: int) -> None:
    """Told once at each server, complete to the change before `last` at the most, and shown nothing more."""
    for wire in person.wires:
        assert (await wire.event("removed", room=slug))["reason"] == reason
        with pytest.raises(Refused) as refused:
            await wire.ask("sync", room=slug)
        assert refused.value.code == "not_found"
        seqs = [event["message"]["seq"] for event in wire.events if event.get("room") == slug]
        assert max(seqs, default=0) < last
        assert not [event for event in wire.events if event["type"] in ("removed", "room")]


async def assert_stays(person: Person, slug: str, head: int) -> None:
    for wire in person.wires:
        await wire.until(lambda wire=wire: wire.views[slug].n == head)


async def test_whoever_loses_a_room_here_has_lost_it_there(people: dict[str, Person]) -> None:
    await _remove(people)
    await _ban(people)
    await _make_private(people)


async def _remove(people: dict[str, Person]) -> None:
    """Of a member, while somebody talks."""
    alice, bob = people["alice"], people["bob"]
    slug = await room_of(people, "private")
    talking = asyncio.create_task(alice.chatter(slug))
    await alice.wires[0].until(lambda: alice.wires[0].views[slug].n)
    removed = await alice.do("DELETE", f"/{slug}/members", user_id=bob.id)
    await talking
    records = [m for m in alice.wires[0].views[slug].messages.values() if m["kind"] == "system"]
    assert [record["event"]["name"] for record in records] == ["member_removed"]
    await assert_is_out(bob, slug, "removed", records[0]["seq"])
    await assert_stays(alice, slug, TEXTS_AROUND + 1)
    assert removed["members"] == 1


async def _ban(people: dict[str, Person]) -> None:
    """Of somebody who is no member."""
    alice, carol = people["alice"], people["carol"]
    slug = await room_of(people, "public")
    await alice.do("POST", f"/{slug}/bans", user_id=carol.id)
    await alice.chatter(slug)
    await assert_is_out(carol, slug, "banned", 1)
    await assert_stays(people["bob"], slug, TEXTS_AROUND + 1)


async def _make_private(people: dict[str, Person]) -> None:
    """Those who are no members do not learn the new name either."""
    alice, carol = people["alice"], people["carol"]
    slug = await room_of(people, "open")
    await alice.do("PATCH", f"/{slug}", name="Members only", kind="private")
    await alice.chatter(slug)
    await assert_is_out(carol, slug, "kind_changed", 1)
    await assert_stays(people["bob"], slug, TEXTS_AROUND + 2)


async def test_a_removal_reaches_the_other_server_without_redis(
    people: dict[str, Person], redis: Redis
) -> None:
    alice, bob = people["alice"], people["bob"]
    slug = await room_of(people, "private")
    redis.stop()
    await alice.do("DELETE", f"/{slug}/members", user_id=bob.id)
    await alice.chatter(slug)
    await assert_is_out(bob, slug, "removed", 1)
    await assert_stays(alice, slug, TEXTS_AROUND + 1)
