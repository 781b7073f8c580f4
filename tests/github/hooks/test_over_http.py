"""Over real HTTP: two servers of one installation, a secret in a file, and one of them that is killed."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chat.github.addresses import Address
from chat.github.hooks.door import BODY_BYTES
from tests.delivery.house import House
from tests.delivery.rows import execute
from tests.fakes.github import FakeGitHub
from tests.fakes.github.webhooks import Hook, Post, example_of, signatures
from tests.services.redis import Redis
from tests.wire import Wire

PATIENCE_S = 60.0
URL = "/hooks/github"
STATES = "SELECT delivery_id, state, came FROM chat_github_delivery ORDER BY id"
STAR = example_of("star", "created").payload

Settings = dict[str, str]


@pytest.fixture
def settings_of_house(migrated: Settings, redis: Redis, tmp_path: Path, github: FakeGitHub) -> Settings:
    file = tmp_path / "secret"
    file.write_text("the-newer-secret\nthe-older-secret\n")
    secrets = {"GITHUB_WEBHOOK_SECRET_FILE": str(file), "GITHUB_TOKEN": "the-servers"}
    return {**migrated, **secrets, "REDIS_URL": redis.url, "GITHUB_API_URL": github.url}


@pytest.fixture
def house(settings_of_house: Settings) -> Iterator[House]:
    with House(settings_of_house) as both:
        yield both


async def send(url: str, post: Post) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as client:
        return await client.post(URL, **post.arguments)


def ledger(settings: Settings) -> list[tuple[Any, ...]]:
    [rows] = execute(settings, STATES)
    return rows


async def worked_off(settings: Settings) -> list[tuple[Any, ...]]:
    """The ledger, as soon as nothing waits in it."""
    async with asyncio.timeout(PATIENCE_S):
        while any(state == "waiting" for _, state, _ in ledger(settings)):
            await asyncio.sleep(0.05)
    return ledger(settings)


def another_star(number: int) -> dict[str, Any]:
    return {**STAR, "starred_at": f"2030-01-01T00:{number // 60:02}:{number % 60:02}Z"}


async def test_the_door_of_real_servers_and_what_they_do_together(
    house: House, settings_of_house: Settings
) -> None:
    hook = Hook("the-older-secret")
    of_organisation = Hook("the-newer-secret", of="organization")
    posts = [hook.post("star", STAR, "one")] * 5 + [of_organisation.post("star", STAR, "two")] * 5
    both = house.urls * 5
    answers = await asyncio.gather(*(send(url, post) for url, post in zip(both, posts, strict=True)))
    assert [answer.status_code for answer in answers] == [202] * 10
    found = await worked_off(settings_of_house)
    assert Counter(state for _, state, _ in found) == {"done": 1, "duplicate": 1}
    assert sorted((name, came) for name, _, came in found) == [("one", 5), ("two", 5)]

    await _refused(house.urls[0], hook)
    assert len(ledger(settings_of_house)) == 2
    await _longest(house.urls[1], hook)
    assert len(await worked_off(settings_of_house)) == 3


async def _refused(url: str, hook: Hook) -> None:
    """Strangers, and whoever sends more than the door takes: told in our form of errors, and nothing is kept."""
    post = hook.post("star", STAR)
    changed = post._replace(content=post.content.replace(b"created", b"Created", 1))
    too_long = b" " * (BODY_BYTES + 1)
    for refused, status, code in (
        (Hook("a guess").post("star", STAR), 403, "forbidden"),
        (changed, 403, "forbidden"),
        (Post({**post.headers, **signatures(too_long, hook.secret)}, too_long), 413, "too_long"),
    ):
        answer = await send(url, refused)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def _longest(url: str, hook: Hook) -> None:
    """More than any other door takes."""
    post = hook.post("star", {**STAR, "starred_at": "", "note": ""})
    post = hook.post("star", {**STAR, "starred_at": "", "note": "x" * (BODY_BYTES - len(post.content))})
    assert len(post.content) == BODY_BYTES
    assert (await send(url, post)).status_code == 202


async def test_what_a_killed_server_had_taken_down_is_worked_off_once_by_another(
    house: House, settings_of_house: Settings
) -> None:
    hook = Hook("the-newer-secret")
    posts = [hook.post("star", another_star(number), f"star-{number}") for number in range(60)]
    first, second = house.urls
    async with httpx.AsyncClient(base_url=first, timeout=PATIENCE_S) as client:
        answers = await asyncio.gather(*(client.post(URL, **post.arguments) for post in posts))
    house.servers[0].end(signal.SIGKILL)
    assert [answer.status_code for answer in answers] == [202] * 60
    await send(second, hook.post("star", another_star(60), "star-60"))
    found = await worked_off(settings_of_house)
    assert sorted(name for name, _, _ in found) == sorted(f"star-{number}" for number in range(61))
    assert {state for _, state, _ in found} == {"done"}


async def test_a_card_in_rooms_of_two_servers_follows_what_the_webhook_tells(
    house: House, github: FakeGitHub
) -> None:
    """No poll helps: the servers ask GitHub anew by themselves only after minutes."""
    here, there = house.urls
    async with await Wire.connect(here) as alice, await Wire.connect(there, "/ws/chat/side/") as bob:
        await alice.subscribe("lobby")
        address = Address("pull", "octocat", "Hello-World", "2").url
        for wire, room in ((alice, "lobby"), (bob, "side")):
            await wire.ask("send", room=room, text=f"please look: {address}")
            assert (await wire.event("card"))["card"]["state"] == "open"
        github.webhooks.add(f"{here}{URL}", "the-newer-secret")
        github.webhooks.add(f"{there}{URL}", "the-older-secret", of="organization")
        for state, shown in (("review", "open"), ("approved", "open"), ("merged", "merged")):
            github.world.repository("octocat/Hello-World").move_pull(2, state)
            for wire in (alice, bob):
                await _told(wire, state, shown)
        assert {sent.status for sent in github.webhooks.wait()} == {200, 202}
        for wire, room in ((alice, "lobby"), (bob, "side")):
            assert wire.views[room].texts() == [f"please look: {address}"]


async def _told(wire: Wire, step: str, state: str) -> None:
    """A card event that shows this step."""
    facts = {"review": "requested", "approved": "approved"}
    while True:
        card = (await wire.event("card"))["card"]
        shown = {fact["name"]: fact["value"] for fact in card["facts"]}
        if card["state"] == state and shown.get("review") == facts.get(step, shown.get("review")):
            return
