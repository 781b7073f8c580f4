"""When a job is free and due, whatever the clocks do: read from rows as they would look."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.jobs.registry import Job
from chat.jobs.watch import Watch
from chat.models import JobState

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
LEASE_S, INTERVAL_S = 60.0, 3_600.0


async def nothing() -> None:
    pass


JOB = Job("tidy", INTERVAL_S, nothing)


class Seconds:
    """A monotonic clock that passes when the test says so."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def watch(clock: Seconds) -> Watch:
    return Watch(clock)


def held(until: datetime, holder: str = "one:1:x") -> JobState:
    return JobState(name="tidy", holder=holder, lease_until=until)


def ended(at: datetime | None, *, now: datetime = NOON, wanted: bool = False) -> JobState:
    state = JobState(name="tidy", ended_at=at, wanted=wanted)
    state.now = now  # type: ignore[attr-defined]
    return state


def test_what_nobody_holds_is_free(watch: Watch) -> None:
    assert watch.is_free(JobState(name="tidy"), LEASE_S)


@pytest.mark.parametrize("until", [NOON - timedelta(days=1), NOON, NOON + timedelta(days=1)])
def test_a_silent_holder_is_given_one_lease_whatever_the_clock_says(
    watch: Watch, clock: Seconds, until: datetime
) -> None:
    assert not watch.is_free(held(until), LEASE_S)
    clock.passed += LEASE_S - 1
    assert not watch.is_free(held(until), LEASE_S)
    clock.passed += 1
    assert watch.is_free(held(until), LEASE_S)


def test_a_holder_that_is_heard_of_keeps_its_lease(watch: Watch, clock: Seconds) -> None:
    for minute in range(10):
        # The clock of its machine runs backwards, which makes it no less alive.
        assert not watch.is_free(held(NOON - timedelta(minutes=minute)), LEASE_S)
        clock.passed += LEASE_S - 1


def test_another_holder_is_given_a_lease_of_its_own(watch: Watch, clock: Seconds) -> None:
    assert not watch.is_free(held(NOON), LEASE_S)
    clock.passed += LEASE_S
    assert not watch.is_free(held(NOON, "two:1:x"), LEASE_S)


def test_a_job_is_due_when_its_interval_is_over(watch: Watch) -> None:
    interval = timedelta(seconds=INTERVAL_S)
    assert watch.is_due(JOB, ended(NOON - interval))
    assert not watch.is_due(JOB, ended(NOON - interval + timedelta(seconds=1)))
    assert not watch.is_due(JOB, ended(NOON))


def test_a_job_that_never_ran_or_that_somebody_asked_for_is_due(watch: Watch) -> None:
    assert watch.is_due(JOB, ended(None))
    assert watch.is_due(JOB, ended(NOON, wanted=True))


def test_a_run_that_seems_to_have_ended_in_the_future_is_done_again(watch: Watch) -> None:
    assert watch.is_due(JOB, ended(NOON, now=NOON - timedelta(hours=1)))


def test_a_clock_set_back_makes_nobody_wait_longer_than_the_interval(watch: Watch, clock: Seconds) -> None:
    """Half an hour after a run the clock was set back by 20 minutes: the run seems ten minutes old."""
    assert not watch.is_due(JOB, ended(NOON))
    clock.passed += INTERVAL_S / 2
    seems = NOON + timedelta(minutes=10)
    assert not watch.is_due(JOB, ended(NOON, now=seems))
    clock.passed += INTERVAL_S / 2
    assert watch.is_due(JOB, ended(NOON, now=seems + timedelta(minutes=30)))
