"""Working off: in order, each effect once and none lost, whatever fails in between."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from chat.github.hooks.effects import take_effect
from chat.github.hooks.ledger import retry, take_down
from chat.github.hooks.working import WAITS, Effect, work_off_next
from chat.github.models import Delivery
from chat.models import User
from tests.github.hooks.conftest import Arriving

pytestmark = pytest.mark.django_db


class Effects:
    """What took effect, in order: each is a row, as in earnest. `failing` events leave it behind and fail."""

    def __init__(self) -> None:
        self.failing: dict[str, Exception] = {}

    def __call__(self, event: str, body: bytes, key: str = "") -> None:
        User.objects.create_user(f"{event}-{User.objects.count()}")
        if event in self.failing:
            raise self.failing[event]

    @property
    def seen(self) -> list[str]:
        names = User.objects.order_by("pk").values_list("username", flat=True)
        return [name.partition("-")[0] for name in names]


@pytest.fixture
def effects() -> Effects:
    return Effects()


def work_off(effects: Effect) -> None:
    while work_off_next(effects):
        pass


def make_due() -> None:
    """As if the wait were over."""
    Delivery.objects.filter(state="waiting").update(due_at=timezone.now())


def test_what_waits_is_worked_off_in_the_order_in_which_it_came(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event=event) for event in ("one", "two", "three")])
    work_off(effects)
    assert effects.seen == ["one", "two", "three"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert all(row.ended_at for row in Delivery.objects.all())


def test_duplicates_and_what_is_done_have_no_effect(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(key="same", event="one"), arriving(key="same", event="two")])
    work_off(effects)
    take_down([arriving(key="same", event="three")])
    work_off(effects)
    assert effects.seen == ["one"]


def test_nothing_of_what_failed_stays_and_the_others_go_on(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event="bad"), arriving(event="good")])
    effects.failing["bad"] = ValueError("as arranged")
    work_off(effects)
    assert effects.seen == ["good"]
    bad = Delivery.objects.get(event="bad")
    assert (bad.state, bad.attempts, bad.error) == ("waiting", 1, "ValueError: as arranged")
    assert timezone.now() < bad.due_at <= timezone.now() + WAITS[0]


def test_what_failed_is_tried_again_and_has_its_effect_then(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event="bad")])
    effects.failing["bad"] = ValueError("as arranged")
    work_off(effects)
    effects.failing.clear()
    work_off(effects)
    assert effects.seen == []  # not due yet
    make_due()
    work_off(effects)
    row = Delivery.objects.get()
    assert (effects.seen, row.state, row.attempts, row.error) == (["bad"], "done", 1, "")


def test_what_fails_every_time_is_marked_as_failed(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event="bad")])
    effects.failing["bad"] = ValueError("as\0arranged")
    waits = list[timedelta]()
    for _ in range(len(WAITS) + 1):
        make_due()
        work_off(effects)
        waits.append(Delivery.objects.get().due_at - timezone.now())
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.error) == ("failed", len(WAITS) + 1, "ValueError: as arranged")
    assert waits[: len(WAITS)] == sorted(waits[: len(WAITS)])
    make_due()
    assert not work_off_next(effects)
    assert effects.seen == []


def test_what_has_not_the_form_of_its_event_fails_at_once_with_one_line_and_may_be_tried_again(
    arriving: Arriving, effects: Effects, caplog: pytest.LogCaptureFixture
) -> None:
    take_down([arriving(event="pull_request", body=b'{"action":5}'), arriving(event="good")])
    work_off(take_effect)
    row = Delivery.objects.get(event="pull_request")
    assert (row.state, row.attempts) == ("failed", 1)
    assert row.ended_at is not None
    assert row.error.startswith("Invalid: This is no pull_request event")
    [line] = [record.getMessage() for record in caplog.records if record.name.endswith("working")]
    assert "given up" in line
    # As after an upgrade that knows the form.
    retry(row)
    work_off(effects)
    row.refresh_from_db()
    assert (row.state, row.error, effects.seen) == ("done", "", ["pull_request"])


def test_a_database_that_fails_is_nobodys_attempt(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event="bad"), arriving(event="good")])
    effects.failing["bad"] = OperationalError("gone")
    with pytest.raises(OperationalError):
        work_off(effects)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("waiting", 0)}
    effects.failing.clear()
    work_off(effects)
    assert effects.seen == ["bad", "good"]


@pytest.mark.django_db(transaction=True)
def test_an_effect_and_its_mark_are_one(arriving: Arriving, effects: Effects) -> None:
    """Whoever dies between them, as by a power cut, has done neither; the next one does both."""

    class PowerCut(BaseException):
        pass

    def cut(event: str, body: bytes, key: str) -> None:
        effects(event, body)
        raise PowerCut

    take_down([arriving(event="one")])
    with pytest.raises(PowerCut):
        work_off_next(cut)
    assert (effects.seen, Delivery.objects.get().state) == ([], "waiting")
    work_off(effects)
    assert (effects.seen, Delivery.objects.get().state) == (["one"], "done")


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_another_process_neither_waits_nor_overtakes(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event="one"), arriving(event="two")])
    held, finish = threading.Event(), threading.Event()

    def at_work() -> None:
        with transaction.atomic():
            Delivery.objects.select_for_update().get(event="one")
            held.set()
            finish.wait(30)
        connection.close()

    other = threading.Thread(target=at_work)
    other.start()
    assert held.wait(30)
    try:
        assert not work_off_next(effects)
        assert effects.seen == []
    finally:
        finish.set()
        other.join()
    work_off(effects)
    assert effects.seen == ["one", "two"]


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_have_each_effect_once(arriving: Arriving, effects: Effects) -> None:
    take_down([arriving(event="one") for _ in range(20)])

    def at_work() -> None:
        work_off(effects)
        connection.close()

    workers = [threading.Thread(target=at_work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work_off(effects)
    assert len(effects.seen) == 20
