"""Group commit: what goes together, and what each item is answered, whatever becomes of its neighbours."""

import asyncio
import gc
from functools import partial
from weakref import ref

import pytest

from chat import batches, database, writer
from chat.actions.messages import Draft, Posted, post_messages
from chat.errors import ChatError, Invalid, Unavailable
from tests.cast import Cast
from tests.database.gate import PATIENCE_S, Answers, Gate, lose_the_database

pytestmark = pytest.mark.django_db(transaction=True)


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
    monkeypatch.setattr(batches, "BATCH_MOST", 3)
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
    monkeypatch.setattr(batches, "STUCK_SECONDS", 0.05)
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


async def test_submitted_items_are_answered_once_in_their_order_refusals_too() -> None:
    gate, answers = Gate(), Answers()
    gate.open.set()
    batch = database.Batch(gate)
    for item in ("a", "bad b", "c"):
        batch.submit(item, answers(item))
    await database.flush()
    assert answers.kinds == [("a", "A"), ("bad b", Invalid), ("c", "C")]
    assert gate.batches == [["a", "bad b", "c"]]


async def test_items_put_and_submitted_wait_in_one_queue() -> None:
    gate, answers = Gate(), Answers()
    gate.open.set()
    batch = database.Batch(gate)
    batch.submit("a", answers("a"))
    assert await batch.put("b") == "B"
    assert gate.batches == [["a", "b"]]
    assert answers.kinds == [("a", "A")]


async def test_an_answer_comes_after_the_commit_and_never_before_submit_returns() -> None:
    gate, answers = Gate(), Answers()
    batch = database.Batch(gate)
    batch.submit("a", answers("a"))
    await gate.until_entered()
    assert not answers.given
    gate.open.set()
    await answers.until(1)


async def test_an_answer_that_fails_takes_no_other_with_it(caplog: pytest.LogCaptureFixture) -> None:
    gate, answers = Gate(), Answers()
    gate.open.set()
    batch = database.Batch(gate)

    def fail(_outcome: object) -> None:
        raise ValueError("the answer could not be written")

    batch.submit("a", fail)
    batch.submit("b", answers("b"))
    await database.flush()
    assert answers.kinds == [("b", "B")]
    assert "the answer could not be written" in caplog.text


async def test_without_the_database_submitted_items_are_answered_once_with_unavailable() -> None:
    def lose(items: list[str]) -> list[str | ChatError]:
        lose_the_database()
        return []

    batch, answers = database.Batch(lose), Answers()
    for item in "abc":
        batch.submit(item, answers(item))
    await database.flush()
    assert answers.kinds == [(item, Unavailable) for item in "abc"]


async def test_submitted_items_that_wait_too_long_are_answered_once_and_not_carried_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate, answers = Gate(), Answers()
    batch = database.Batch(gate)
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05)
    batch.submit("begun", answers("begun"))
    await gate.until_entered()
    batch.submit("one", answers("one"))
    batch.submit("two", answers("two"))
    await answers.until(3)
    assert answers.kinds == [(item, Unavailable) for item in ("begun", "one", "two")]
    monkeypatch.undo()
    batch.submit("late", answers("late"))
    gate.open.set()
    await database.flush()
    assert answers.kinds[3:] == [("late", "LATE")]
    assert gate.batches == [["begun"], ["late"]]


async def test_those_who_wait_each_have_their_own_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one timer for all of them: it rings for the next one too."""
    gate, answers = Gate(), Answers()
    batch = database.Batch(gate)
    batch.submit("patient", answers("patient"))
    await gate.until_entered()
    for number in range(3):
        monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05 * (number + 1))
        batch.submit(str(number), answers(str(number)))
    await answers.until(3)
    assert answers.kinds == [(str(number), Unavailable) for number in range(3)]
    gate.open.set()
    await database.flush()
    assert answers.kinds[3:] == [("patient", "PATIENT")]


async def test_a_put_that_was_cancelled_before_its_turn_is_not_carried_out() -> None:
    gate = Gate()
    batch = database.Batch(gate)
    first = asyncio.create_task(batch.put("first"))
    await gate.until_entered()
    second = asyncio.create_task(batch.put("second"))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    gate.open.set()
    assert await first == "FIRST"
    await database.flush()
    assert gate.batches == [["first"]]


async def test_what_a_batch_tells_its_loop_comes_behind_the_answers_of_all() -> None:
    """The loop is woken once for both, so that an author has the reply before anybody hears of the post."""
    loop, order = asyncio.get_running_loop(), list[str]()

    def act(items: list[str]) -> list[str | ChatError]:
        for item in items:
            batches.tell(loop, partial(order.append, f"news of {item}"))
        return [*items]

    batch = database.Batch(act)
    for item in "ab":
        batch.submit(item, lambda outcome: order.append(f"answer {outcome}"))
    await database.flush()
    assert order == ["answer a", "answer b", "news of a", "news of b"]


async def test_outside_of_a_batch_a_loop_is_told_at_once() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(batches.tell, loop, told.set)
    async with asyncio.timeout(PATIENCE_S):
        await told.wait()
