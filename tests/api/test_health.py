"""What probes and operators are told, also while the database or Redis does not answer; and the delay."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from chat import database, hub
from chat.models import User
from tests.api.conftest import ELSEWHERE, Clients, client, give_token
from tests.cast import Cast
from tests.consumers.socket import Socket
from tests.services import environment

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]
# A probe gives up after some seconds; the answer takes two, and tests share two cores.
PROBE_PATIENCE_S = 8
PATIENCE_S = 20


@pytest.fixture
async def stuck_database() -> AsyncIterator[None]:
    """Every reader waits for an answer that does not come, as with a database behind a cut cable."""
    released = threading.Event()
    readers = [asyncio.create_task(database.call(released.wait)) for _ in range(database.READER_THREADS)]
    await asyncio.sleep(0)
    yield
    released.set()
    await asyncio.gather(*readers)


@pytest.fixture
async def started_hub() -> None:
    """As under our own server, where nobody waits for it."""
    await hub.current()


async def probe(web: httpx.AsyncClient) -> tuple[int, str]:
    began = time.monotonic()
    answer = await web.get("/readyz")
    assert time.monotonic() - began < PROBE_PATIENCE_S
    body = answer.json()
    return answer.status_code, body.get("status") or body["code"]


async def test_it_is_alive_whatever_hangs(nobody: httpx.AsyncClient, stuck_database: None) -> None:
    answer = await nobody.get("/healthz", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready_with_database_and_redis(nobody: httpx.AsyncClient, started_hub: None) -> None:
    assert await probe(nobody) == (200, "ok")


async def test_it_is_degraded_while_redis_is_away(nobody: httpx.AsyncClient, started_hub: None) -> None:
    environment.redis.kill()
    try:
        assert await probe(nobody) == (200, "degraded")
    finally:
        environment.redis.start()
    # Redis that was just away is asked again after a moment.
    await until_ok(nobody)


async def until_ok(web: httpx.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await probe(web) != (200, "ok"):
            await asyncio.sleep(0.05)


async def test_it_is_degraded_while_redis_is_frozen(nobody: httpx.AsyncClient, started_hub: None) -> None:
    assert await probe(nobody) == (200, "ok")
    environment.redis.hold()
    try:
        assert await probe(nobody) == (200, "degraded")
    finally:
        environment.redis.let_go()


async def test_it_is_not_ready_without_the_database(nobody: httpx.AsyncClient, stuck_database: None) -> None:
    assert await probe(nobody) == (503, "unavailable")


async def test_metrics_count_what_happens(nobody: httpx.AsyncClient) -> None:
    async def value(line: str) -> float:
        text = (await nobody.get("/metrics")).text
        found = [each for each in text.splitlines() if each.startswith(f"{line} ")]
        return float(found[0].split()[1]) if found else 0

    counted = [
        'chat_commands_total{outcome="ok",type="send"}',
        'chat_commands_total{outcome="invalid",type="send"}',
        "chat_acknowledge_seconds_count",
        "chat_batch_posts_sum",
        'chat_requests_total{operation="read_me",status="200"}',
    ]
    before = [await value(line) for line in counted]
    async with Socket() as socket:
        await socket.event("subscribed")
        assert await value('chat_connections{dialect="chat.v1"}') == 1
        await socket.ask("send", text="hello")
        await socket.ask("send", text=" ")
    await nobody.get("/api/me")
    after = [await value(line) for line in counted]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 1, 2, 1]
    assert await value('chat_connections{dialect="chat.v1"}') == 0


async def test_metrics_are_for_this_machine_and_for_staff(
    clients: Clients, cast: Cast, refused: Refusal
) -> None:
    assert (await clients["nobody"].get("/metrics")).status_code == 200
    proxied = await clients["nobody"].get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"})
    assert refused(proxied)[:2] == (401, "unauthenticated")
    token = {"Authorization": f"Bearer {await database.write(give_token, cast.bob)}"}
    async with client(ELSEWHERE) as stranger, client(ELSEWHERE, **token) as bob:
        assert refused(await stranger.get("/metrics"))[:2] == (401, "unauthenticated")
        assert refused(await bob.get("/metrics"))[:2] == (403, "forbidden")
        await database.write(User.objects.filter(pk=cast.bob.pk).update, is_staff=True)
        assert (await bob.get("/metrics")).headers["Content-Type"].startswith("text/plain")


async def test_a_delay_is_as_long_as_asked(nobody: httpx.AsyncClient) -> None:
    for seconds in ("0", "0.2", "0.0"):
        began = time.monotonic()
        answer = await nobody.get(f"/api/diagnostics/delay?seconds={seconds}")
        assert answer.json() == {"seconds": float(seconds)}
        assert time.monotonic() - began >= float(seconds)


async def test_a_delay_holds_nobody_up(nobody: httpx.AsyncClient) -> None:
    url = "/api/diagnostics/delay?seconds=2"
    waiting = [asyncio.create_task(nobody.get(url)) for _ in range(20)]
    assert (await nobody.get("/healthz")).status_code == 200
    assert not any(task.done() for task in waiting)
    # One after the other they would take 40 seconds.
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}


async def test_a_wrong_delay_is_named(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    wrong = ("", "?seconds=", "?seconds=-1", "?seconds=10.5", "?seconds=nan", "?seconds=inf", "?seconds=1e1")
    for query in (*wrong, "?seconds=-0.1", "?seconds=long", "?seconds=1&seconds=2", "?seconds=1_0"):
        answer = await nobody.get(f"/api/diagnostics/delay{query}")
        assert refused(answer) == (400, "invalid", "seconds"), query
