"""The bridge to the database: what its callers are told, whatever a function or the database does."""

import asyncio
import gc
import threading
from weakref import ref

import pytest
from django.db import connection

from chat import database, writer
from chat.actions.messages import Draft, Posted, post_messages
from chat.errors import ChatError, Forbidden, Invalid, Unavailable
from chat.models import Room, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

# What the tests wait for happens within milliseconds; this only ends a test that hangs.
PATIENCE_S = 20


def lose_the_database() -> None:
    """A query that fails as when the database goes away in the middle of it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT * FROM a_table_that_is_not_there")


class Gate:
    """A function for a batch that waits inside until it is let through, and remembers what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, items: list[str]) -> list[str | ChatError]:
        self.batches.append(items)
        self.entered.set()
        assert self.open.wait(PATIENCE_S)
        return [Invalid(item) if item.startswith("bad") else item.upper() for item in items]

    async def until_entered(self) -> None:
        await asyncio.to_thread(self.entered.wait, PATIENCE_S)


async def test_call_and_write_return_what_the_function_does(cast: Cast) -> None:
    count = await database.call(User.objects.filter(kind=User.Kind.USER).count)
    assert count == 3
    await database.write(Room.objects.filter(pk=cast.open.pk).update, topic="new")
    assert (await database.call(Room.objects.get, pk=cast.open.pk)).topic == "new"


async def test_an_error_of_the_chat_comes_through_as_it_is() -> None:
    def refuse() -> None:
        raise Forbidden("No.")

    for door in (database.call, database.write):
        with pytest.raises(Forbidden, match="No."):
            await door(refuse)


async def test_without_the_database_callers_hear_unavailable_and_the_next_call_finds_it_again() -> None:
    for door in (database.call, database.write):
        with pytest.raises(Unavailable) as error:
            await door(lose_the_database)
        assert error.value.retryable
        assert error.value.retry_after
        assert await door(Room.objects.count) == 1


async def test_writes_are_done_one_after_the_other_in_their_order() -> None:
    order: list[int] = []
    await asyncio.gather(*(database.write(order.append, number) for number in range(50)))
    assert order == list(range(50))


async def test_reads_do_not_wait_for_a_write() -> None:
    gate = Gate()
    writing = asyncio.create_task(database.write(gate, []))
    await gate.until_entered()
    assert await database.call(Room.objects.count) == 1
    gate.open.set()
    await writing


async def test_a_database_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05)
    gate = Gate()
    with pytest.raises(Unavailable, match="does not answer"):
        await database.call(gate, [])
    gate.open.set()


async def test_a_batch_is_what_came_while_the_last_one_committed() -> None:
    gate = Gate()
    batch = database.Batch(gate)
    first = asyncio.create_task(batch.put("first"))
    await gate.until_entered()
    others = [asyncio.create_task(batch.put(f"item {number}")) for number in range(5)]
    await asyncio.sleep(0)
    gate.open.set()
    assert await asyncio.gather(first, *others) == ["FIRST", *(f"ITEM {number}" for number in range(5))]
    assert gate.batches == [["first"], [f"item {number}" for number in range(5)]]


async def test_a_batch_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BATCH_MOST", 3)
    gate = Gate()
    gate.open.set()
    batch = database.Batch(gate)
    await asyncio.gather(*(batch.put(str(number)) for number in range(8)))
    assert [len(items) for items in gate.batches] == [3, 3, 2]
    assert sum(gate.batches, []) == [str(number) for number in range(8)]


async def test_one_refused_item_fails_nobody_else() -> None:
    gate = Gate()
    gate.open.set()
    batch = database.Batch(gate)
    answers = await asyncio.gather(*map(batch.put, ["a", "bad b", "c"]), return_exceptions=True)
    assert [type(answer) for answer in answers] == [str, Invalid, str]


async def test_a_batch_that_fails_as_a_whole_is_run_again_item_by_item() -> None:
    def stumble(items: list[str]) -> list[str | ChatError]:
        if "bad" in items:
            raise ValueError("nobody thought of this")
        return [item.upper() for item in items]

    batch = database.Batch(stumble)
    answers = await asyncio.gather(*map(batch.put, ["a", "bad", "c"]), return_exceptions=True)
    assert [answers[0], type(answers[1]), answers[2]] == ["A", Unavailable, "C"]


async def test_a_batch_function_that_answers_too_little_leaves_nobody_waiting() -> None:
    batch: database.Batch[str, str] = database.Batch(lambda items: [])
    with pytest.raises(Unavailable):
        await batch.put("a")


async def test_without_the_database_everybody_in_the_batch_hears_unavailable(cast: Cast) -> None:
    def lose(items: list[str]) -> list[str | ChatError]:
        lose_the_database()
        return []

    batch = database.Batch(lose)
    answers = await asyncio.gather(*map(batch.put, "abc"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    assert isinstance(
        await database.Batch(post_messages).put(Draft(cast.alice.pk, cast.open.slug, "hello")), Posted
    )


async def test_who_gave_up_while_waiting_is_not_carried_out_behind_their_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    batch = database.Batch(gate)
    first = asyncio.create_task(batch.put("first"))
    await gate.until_entered()
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(Unavailable, match="does not answer"):
        await batch.put("second")
    gate.open.set()
    assert await first == "FIRST"
    await database.flush()
    assert sum(gate.batches, []) == ["first"]


async def test_flush_returns_when_what_was_handed_over_is_done() -> None:
    gate = Gate()
    batch = database.Batch(gate)
    puts = [asyncio.create_task(batch.put("one"))]
    await gate.until_entered()
    puts.append(asyncio.create_task(batch.put("two")))
    flushing = asyncio.create_task(database.flush())
    await asyncio.sleep(0)
    assert not flushing.done()
    gate.open.set()
    await flushing
    assert gate.batches == [["one"], ["two"]]
    assert await asyncio.gather(*puts) == ["ONE", "TWO"]


async def test_after_close_the_next_call_opens_a_connection_again() -> None:
    await asyncio.gather(*(database.call(Room.objects.count) for _ in range(10)))
    await database.close()
    assert await database.call(Room.objects.count) == 1
    assert await database.write(Room.objects.count) == 1


def test_one_batch_serves_loops_one_after_the_other_and_keeps_none_of_them(cast: Cast) -> None:
    posts = database.Batch(post_messages)

    async def post(text: str) -> tuple[Posted, "ref[asyncio.AbstractEventLoop]"]:
        posted = await posts.put(Draft(cast.alice.pk, cast.open.slug, text))
        await database.close()
        return posted, ref(asyncio.get_running_loop())

    found = [asyncio.run(post("one")), asyncio.run(post("two"))]
    assert [posted.seq for posted, _ in found] == [1, 2]
    gc.collect()
    assert [loop() for _, loop in found] == [None, None]


async def test_a_batch_that_hangs_holds_up_neither_the_next_nor_the_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "STUCK_SECONDS", 0.05)
    monkeypatch.setattr(writer, "STUCK_SECONDS", 0.0)
    gate = Gate()

    def hang(items: list[str]) -> list[str | ChatError]:
        return gate(items) if items == ["hangs"] else [*items]

    batch = database.Batch(hang)
    hanging = asyncio.create_task(batch.put("hangs"))
    await gate.until_entered()
    assert [*await asyncio.gather(batch.put("one"), batch.put("two"))] == ["one", "two"]
    assert await database.write(lambda: 3) == 3
    assert not hanging.done()
    gate.open.set()
    assert await hanging == "HANGS"


async def test_what_is_committed_is_answered_although_the_task_was_cancelled() -> None:
    gate = Gate()
    batch = database.Batch(gate)
    first = asyncio.create_task(batch.put("first"))
    await gate.until_entered()
    second = asyncio.create_task(batch.put("second"))
    await asyncio.sleep(0)
    [task] = database._batch_tasks()
    task.cancel()
    gate.open.set()
    assert [await first, await second] == ["FIRST", "SECOND"]
