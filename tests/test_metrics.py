"""The numbers: each one moves when what it counts happens, and no label grows with what people send."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection as database_connection
from django.db import transaction
from prometheus_client import Histogram
from prometheus_client.registry import Collector

from chat import database, hub, metrics
from chat.actions.messages import Draft, post_message
from chat.errors import Unavailable
from chat.hub.hints import to_layer
from chat.metrics.durations import Durations
from chat.models import Room
from chat.protocol.closes import Close
from tests.cast import Cast
from tests.consumers.socket import Socket
from tests.services import environment

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 30


def value(line: str) -> float:
    """The value of one line, 0 when there is none yet."""
    found = [each for each in metrics.text().decode().splitlines() if each.startswith(f"{line} ")]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.01)


async def test_connections_and_subscriptions_are_those_of_now(cast: Cast) -> None:
    async with Socket() as socket, Socket(plain=True) as plain, Socket("/ws/chat/") as idle:
        await socket.event("subscribed")
        await idle.event("hello")
        await plain.send_text('{"message": "hello"}')
        assert (await plain.receive())["message"] == "hello"
        assert value('chat_connections{dialect="chat.v1"}') == 2
        assert value('chat_connections{dialect="plain"}') == 1
        assert value("chat_subscriptions") == 2
        assert value("chat_rooms_followed") == 1
    assert value('chat_connections{dialect="chat.v1"}') == 0
    assert value("chat_subscriptions") == 0


async def test_posts_of_the_plain_dialect_are_commands_too(cast: Cast) -> None:
    ok, refused = (
        'chat_commands_total{outcome="ok",type="plain"}',
        'chat_commands_total{outcome="invalid",type="plain"}',
    )
    before = value(ok), value(refused)
    async with Socket(plain=True) as socket:
        await socket.send_text('{"message": "hello"}')
        await socket.receive()
        await socket.send_text('{"message": " "}')
        assert "error" in await socket.receive()
    assert (value(ok), value(refused)) == (before[0] + 1, before[1] + 1)


async def test_sockets_that_end_are_counted_by_who_ended_them_and_how() -> None:
    server, client, strange = (
        'chat_closes_total{by="server",code="1003"}',
        'chat_closes_total{by="client",code="1001"}',
        'chat_closes_total{by="client",code="other"}',
    )
    before = [value(line) for line in (server, client, strange)]
    async with Socket() as socket:
        await socket.inner.send_to(bytes_data=b"binary")
        assert await socket.closed() == Close.BINARY_FRAME.plain_server
    for code in (1001, 3999):
        async with Socket() as socket:
            await socket.event("subscribed")
            await socket.inner.disconnect(code, timeout=PATIENCE_S)
    after = [value(line) for line in (server, client, strange)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 1]


async def test_bad_frames_are_counted_and_refused_commands_are_not() -> None:
    before = value("chat_bad_frames_total")
    async with Socket() as socket:
        await socket.event("subscribed")
        await socket.send_text("{")
        await socket.event("error")
        await socket.ask("send", text=" ")
    assert value("chat_bad_frames_total") == before + 1


async def test_what_slow_readers_have_before_them_is_summed_up(cast: Cast) -> None:
    async with Socket() as socket, Socket() as other:
        await socket.event("subscribed")
        await other.event("subscribed")
        local = await hub.current()
        # Nothing is written before this test gives up the loop.
        first, second = list(local.connections)
        first.deliver("x" * 100)
        second.deliver("x" * 1_000)
        assert value("chat_queue_bytes") == 1_100
        assert value("chat_queue_bytes_largest") == 1_000
        await until(lambda: value("chat_queue_bytes") == 0)


async def test_the_way_of_a_hint_is_measured_from_its_commit_here_and_elsewhere(cast: Cast) -> None:
    here, elsewhere = (
        f'chat_hub_lag_seconds_count{{committed="{where}"}}' for where in ("here", "elsewhere")
    )
    async with Socket() as socket:
        await socket.event("subscribed")
        before = value(here), value(elsewhere)
        await database.write(post_message, Draft(cast.alice.pk, "lobby", "hello"))
        await socket.event("message")
        assert (value(here), value(elsewhere)) == (before[0] + 1, before[1])
        local = await hub.current()
        hint = hub.Hint(cast.lobby.pk, 2, 1, '{"type":"message","far":true}', sent_at=0.0)
        local._receive(to_layer([hint], origin="another process"))
        assert (await socket.event("message"))["far"]
        assert (value(here), value(elsewhere)) == (before[0] + 1, before[1] + 1)


async def test_a_lost_hint_that_the_heads_query_finds_is_counted(cast: Cast) -> None:
    before = value("chat_heads_behind_total"), value("chat_holes_healed_total")
    async with Socket() as socket:
        await socket.event("subscribed")
        local = await hub.current()
        await database.write(post_and_die, Draft(cast.alice.pk, "lobby", "hello"))
        await local._check_heads()
        assert (await socket.event("message"))["message"]["text"] == "hello"
        await local._check_heads()
    assert value("chat_heads_behind_total") == before[0] + 1
    assert value("chat_holes_healed_total") == before[1] + 1


def post_and_die(draft: Draft) -> None:
    """As a process that is killed between its commit and telling anybody."""
    with transaction.atomic():
        post_message(draft)
        database_connection.run_on_commit.clear()


async def test_redis_is_seen_to_go_and_to_come_back() -> None:
    local = await hub.current()
    assert await local.bus.answers()
    assert value("chat_channel_layer_up") == 1
    environment.redis.kill()
    try:
        assert not await local.bus.answers()
        assert value("chat_channel_layer_up") == 0
    finally:
        environment.redis.start()
    async with asyncio.timeout(PATIENCE_S):
        while not await local.bus.answers():
            await asyncio.sleep(0.05)
    assert value("chat_channel_layer_up") == 1


async def test_the_database_s_refusals_are_counted() -> None:
    def refuse() -> None:
        with database_connection.cursor() as cursor:
            cursor.execute("SELECT * FROM a_table_that_is_not_there")

    def refuse_all(items: list[str]) -> list[object]:
        refuse()
        return []

    before = value("chat_database_unavailable_total")
    for door in (database.call, database.write):
        with pytest.raises(Unavailable):
            await door(refuse)
    with pytest.raises(Unavailable):
        await database.Batch(refuse_all).put("post")
    assert value("chat_database_unavailable_total") == before + 3


async def test_what_waits_for_the_writer_is_counted() -> None:
    gate = threading.Event()
    batch: database.Batch[str, str] = database.Batch(lambda items: [*items])
    waiting = [
        asyncio.create_task(database.write(gate.wait, PATIENCE_S)),
        asyncio.create_task(batch.put("one")),
        asyncio.create_task(batch.put("two")),
        asyncio.create_task(database.write(Room.objects.count)),
    ]
    await asyncio.sleep(0)
    assert value("chat_writer_queue") == 4
    gate.set()
    await asyncio.gather(*waiting)
    assert value("chat_writer_queue") == 0


def test_runs_of_jobs_are_counted_by_name() -> None:
    before = value('chat_job_seconds_count{job="tidy"}'), value('chat_job_failures_total{job="tidy"}')
    metrics.count_job("tidy", 0.5, failed=False)
    metrics.count_job("tidy", 0.5, failed=True)
    after = value('chat_job_seconds_count{job="tidy"}'), value('chat_job_failures_total{job="tidy"}')
    assert after == (before[0] + 2, before[1] + 1)


def test_the_process_tells_its_memory_and_its_start_where_the_system_does() -> None:
    there = Path("/proc/self/stat").exists()
    assert (value("process_resident_memory_bytes") > 1_000_000) is there
    assert (value("process_start_time_seconds") > 1_000_000_000) is there


def test_durations_are_counted_as_the_library_counts_them() -> None:
    ours = Durations("of_ours", "x", (0.001, 0.5, 1, 10), label="kind")
    theirs = Histogram("of_ours", "x", ("kind",), buckets=(0.001, 0.5, 1, 10), registry=None)
    for kind, found in {"a": [0.0, 0.001, 0.0011, 0.5, 9, 11, 1e6], "b": [1.0]}.items():
        ours.observe(found, kind)
        for each in found:
            theirs.labels(kind).observe(each)

    def lines(collector: Collector) -> list[tuple[str, dict[str, str], float]]:
        [family] = collector.collect()
        found = [(sample.name, sample.labels, sample.value) for sample in family.samples]
        return sorted(found, key=str)

    assert lines(ours) == lines(theirs)


def test_durations_without_a_label_are_shown_before_there_are_any() -> None:
    [family] = Durations("nothing_yet", "x", (1,)).collect()
    assert {sample.name: sample.value for sample in family.samples if "le" not in sample.labels} == {
        "nothing_yet_count": 0,
        "nothing_yet_sum": 0,
    }
