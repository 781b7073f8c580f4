"""The row that processes agree by, pulled at from many threads, and by two processes of which one is killed."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from chat.jobs import leases
from chat.models import JobState
from tests.programs import Program

THREADS = 8


def at_once(work: Callable[[int], bool]) -> list[bool]:
    """What the work says in each of many threads that begin together."""
    together = Barrier(THREADS)

    def begin(number: int) -> bool:
        together.wait(30)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(begin, range(THREADS)))


@pytest.mark.django_db(transaction=True)
def test_of_many_that_saw_the_job_free_one_gets_it() -> None:
    for run in range(1, 6):
        [seen] = leases.states(["tidy"])
        assert at_once(lambda number, seen=seen: leases.take(seen, f"{number}", 60)).count(True) == 1  # type: ignore[misc]
        state = JobState.objects.get()
        assert (state.runs, state.failures) == (run, 0)
        assert leases.finish("tidy", state.holder, 0.1, "")


@pytest.mark.django_db(transaction=True)
def test_of_many_that_saw_its_holder_dead_one_gets_it() -> None:
    [free] = leases.states(["tidy"])
    assert leases.take(free, "dead", 60)
    [seen] = leases.states(["tidy"])
    assert at_once(lambda number: leases.take(seen, f"{number}", 60)).count(True) == 1
    assert JobState.objects.get().failures == 1


@pytest.mark.django_db(transaction=True)
def test_rows_are_made_once_by_many_that_look_first() -> None:
    assert all(at_once(lambda _: len(leases.states(["tidy", "sweep"])) == 2))
    assert JobState.objects.count() == 2


@pytest.mark.django_db
def test_nobody_takes_what_has_changed_since_it_was_seen() -> None:
    [seen] = leases.states(["tidy"])
    assert leases.take(seen, "one", 60)
    assert leases.finish("tidy", "one", 0.1, "")
    # Free again, but run meanwhile: whoever saw it before must look again whether it is due.
    assert not leases.take(seen, "two", 60)
    [seen] = leases.states(["tidy"])
    assert leases.take(seen, "two", 60)
    [seen] = leases.states(["tidy"])
    assert leases.renew("tidy", "two", 60)
    assert not leases.take(seen, "three", 60)


@pytest.mark.django_db
def test_who_has_lost_a_lease_changes_nothing_any_more() -> None:
    [seen] = leases.states(["tidy"])
    assert leases.take(seen, "one", 60)
    [seen] = leases.states(["tidy"])
    assert leases.take(seen, "two", 60)
    assert not leases.renew("tidy", "one", 60)
    assert not leases.finish("tidy", "one", 0.1, "")
    leases.release("tidy", "one")
    state = JobState.objects.get()
    assert (state.holder, state.ended_at) == ("two", None)


@pytest.mark.django_db
def test_an_error_of_any_length_is_kept_in_part() -> None:
    [seen] = leases.states(["tidy"])
    assert leases.take(seen, leases.new_holder(), 60)
    assert leases.finish("tidy", JobState.objects.get().holder, 0.1, "x" * 100_000)
    assert len(JobState.objects.get().last_error) == leases.ERROR_CHARS


def test_no_two_holders_are_the_same_and_each_fits_its_column() -> None:
    holders = {leases.new_holder() for _ in range(100)}
    assert len(holders) == 100
    longest = JobState._meta.get_field("holder").max_length
    assert longest is not None
    assert all(len(holder) <= longest for holder in holders)


def test_of_two_processes_one_runs_the_job_and_the_other_takes_over_when_it_is_killed(
    installation: dict[str, str],
) -> None:
    with Program.manage("migrate", **installation) as migrating:
        assert migrating.wait() == 0
    with slow(installation) as first:
        first.wait_for("slow runs, 0 crashed before")
        with slow(installation) as second:
            for _ in range(3):
                second.wait_for("looked")
            assert "slow runs" not in second.output
            first.end(signal.SIGKILL)
            second.wait_for("slow runs, 1 crashed before")
            assert second.end() == 0
    with slow(installation) as third:
        # The second one gave its lease back, so that nobody thinks it crashed.
        third.wait_for("slow runs, 1 crashed before")


def slow(installation: dict[str, str]) -> Program:
    return Program("-m", "tests.jobs.slow", **installation)
