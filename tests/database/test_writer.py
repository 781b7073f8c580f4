"""The writer's thread: what becomes of the next job when one hangs, ends its thread, or was given up."""

import sys
import threading
from collections.abc import Iterator

import pytest

from chat import writer
from chat.errors import Unavailable
from chat.writer import THREADS_MOST, Writer

# What the tests wait for happens within milliseconds; this only ends a test that hangs.
PATIENCE_S = 20


class Hanging:
    """A job that hangs until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> int:
        self.entered.set()
        assert self.let_go.wait(PATIENCE_S)
        return threading.get_ident()


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Hanging]]:
    """Jobs that hang, and count as hanging at once; let go at the end."""
    monkeypatch.setattr(writer, "STUCK_SECONDS", 0.0)
    jobs = [Hanging() for _ in range(THREADS_MOST)]
    yield jobs
    for job in jobs:
        job.let_go.set()


def test_jobs_run_one_after_the_other_in_one_thread() -> None:
    one = Writer(at_end=lambda: None)
    found = [one.submit(threading.get_ident) for _ in range(50)]
    assert len({each.result(PATIENCE_S) for each in found}) == 1


def test_an_error_reaches_who_gave_the_job_and_the_next_job_runs() -> None:
    one = Writer(at_end=lambda: None)
    with pytest.raises(ZeroDivisionError):
        one.submit(lambda: 1 // 0).result(PATIENCE_S)
    assert one.submit(lambda: 1).result(PATIENCE_S) == 1


def test_a_job_that_hangs_keeps_its_thread_and_the_next_one_gets_another(hanging: list[Hanging]) -> None:
    ended = threading.Event()
    one = Writer(at_end=ended.set)
    stuck = one.submit(hanging[0])
    assert hanging[0].entered.wait(PATIENCE_S)
    other = one.submit(threading.get_ident).result(PATIENCE_S)
    assert not stuck.done()
    hanging[0].let_go.set()
    assert stuck.result(PATIENCE_S) != other
    assert ended.wait(PATIENCE_S), "the thread that was replaced has not ended"


def test_a_job_behind_one_that_hangs_runs_when_somebody_looks_after_it(
    hanging: list[Hanging], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Writer(at_end=lambda: None)
    with monkeypatch.context() as patience:
        patience.setattr(writer, "STUCK_SECONDS", PATIENCE_S)
        one.submit(hanging[0])
        assert hanging[0].entered.wait(PATIENCE_S)
        behind = one.submit(lambda: 1)
        assert one.look_after()
        assert not behind.done()
    assert one.look_after()
    assert behind.result(PATIENCE_S) == 1


def test_only_so_many_threads_may_hang(hanging: list[Hanging]) -> None:
    one = Writer(at_end=lambda: None)
    for job in hanging:
        one.submit(job)
        assert job.entered.wait(PATIENCE_S)
    waiting = one.submit(lambda: 1)
    assert not one.look_after()
    assert not waiting.done()
    hanging[-1].let_go.set()
    assert waiting.result(PATIENCE_S) == 1


def test_a_job_that_was_given_up_before_its_turn_is_not_done(hanging: list[Hanging]) -> None:
    one = Writer(at_end=lambda: None)
    for job in hanging:
        one.submit(job)
        assert job.entered.wait(PATIENCE_S)
    done: list[int] = []
    given_up, kept = one.submit(lambda: done.append(1)), one.submit(lambda: done.append(2))
    assert given_up.cancel()
    hanging[-1].let_go.set()
    kept.result(PATIENCE_S)
    assert done == [2]


# pytest warns of every error that ends a thread, of this one too, which is no error to Python.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_in_a_job_tells_so_and_is_replaced() -> None:
    ended = threading.Event()
    one = Writer(at_end=ended.set)
    before = one.submit(threading.current_thread).result(PATIENCE_S)
    with pytest.raises(Unavailable):
        one.submit(sys.exit).result(PATIENCE_S)
    assert one.submit(threading.current_thread).result(PATIENCE_S) is not before
    # Else its error is told of in another test.
    before.join(PATIENCE_S)
    assert ended.is_set(), "what it kept stays open"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_comes_while_its_thread_dies_is_run_by_another() -> None:
    last_moment, came = threading.Event(), threading.Event()

    def at_end() -> None:
        last_moment.set()
        assert came.wait(PATIENCE_S)

    one = Writer(at_end=at_end)
    dying = one.submit(threading.current_thread).result(PATIENCE_S)
    with pytest.raises(Unavailable):
        one.submit(sys.exit).result(PATIENCE_S)
    assert last_moment.wait(PATIENCE_S)
    next_one = one.submit(lambda: 1)
    came.set()
    assert next_one.result(PATIENCE_S) == 1
    dying.join(PATIENCE_S)
