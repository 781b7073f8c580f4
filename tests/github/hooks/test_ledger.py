"""The ledger: each delivery and each effect once, whatever comes again; bounded in number and time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.errors import Conflict, Unavailable
from chat.github.hooks import ledger
from chat.github.hooks.ledger import content_of, forget, retry, take_down
from chat.github.models import Delivery
from tests.github.hooks.conftest import Arriving

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def failed(arriving: Arriving) -> Delivery:
    take_down([arriving("x")])
    Delivery.objects.update(state="failed", attempts=6, error="as arranged", ended_at=timezone.now())
    return Delivery.objects.get()


def age(days: int) -> None:
    Delivery.objects.update(received_at=timezone.now() - timedelta(days=days))


def test_a_delivery_is_kept_as_it_came(arriving: Arriving) -> None:
    assert take_down([arriving("x", body=b'{"a": 1}')]) == ["waiting"]
    row = Delivery.objects.get()
    assert (row.delivery_id, row.event, row.action) == ("x", "star", "created")
    assert (content_of(row), row.size, row.came) == (b'{"a": 1}', 8, 1)
    assert str(row) == "star created in octocat/Hello-World"


def test_one_delivery_five_times_is_one_row(arriving: Arriving) -> None:
    same = [arriving("x", "effect") for _ in range(5)]
    assert take_down(same[:2]) == ["waiting"] * 2
    for again in same[2:]:
        assert take_down([again]) == ["waiting"]
    assert states() == ["waiting"]
    assert Delivery.objects.get().came == 5


def test_two_deliveries_of_one_effect_are_one_that_waits_and_one_duplicate(arriving: Arriving) -> None:
    assert take_down([arriving(key="same"), arriving(key="same")]) == ["waiting", "duplicate"]
    assert take_down([arriving(key="same")]) == ["duplicate"]
    assert states() == ["waiting", "duplicate", "duplicate"]
    assert Delivery.objects.exclude(payload=None).count() == 1


def test_what_was_done_stays_done_when_it_comes_again(arriving: Arriving) -> None:
    take_down([arriving("x", "effect")])
    Delivery.objects.update(state="done")
    assert take_down([arriving("x", "effect"), arriving("y", "effect")]) == ["done", "duplicate"]
    assert states() == ["done", "duplicate"]


def test_what_failed_is_tried_anew_when_it_comes_again(arriving: Arriving) -> None:
    row = failed(arriving)
    Delivery.objects.update(payload=None)
    assert take_down([arriving(row.delivery_id, row.key, body=b"[]")]) == ["waiting"]
    again = Delivery.objects.get()
    assert (again.attempts, again.ended_at, content_of(again)) == (0, None, b"[]")


def test_what_failed_is_tried_anew_when_another_hook_delivers_it(arriving: Arriving) -> None:
    row = failed(arriving)
    assert take_down([arriving("y", row.key, body=b"[]")]) == ["duplicate"]
    assert states() == ["waiting", "duplicate"]
    assert content_of(Delivery.objects.get(delivery_id="x")) == b"[]"


def test_too_much_that_waits_is_refused_until_there_is_room(
    arriving: Arriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MOST_WAITING", 2)
    take_down([arriving("x"), arriving()])
    [refused] = take_down([arriving()])
    assert isinstance(refused, Unavailable)
    assert refused.retry_after
    Delivery.objects.filter(delivery_id="x").update(state="done")
    assert take_down([arriving()]) == ["waiting"]


def test_what_failed_can_be_worked_off_again_and_what_is_done_cannot(arriving: Arriving) -> None:
    row = failed(arriving)
    retry(row)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "as arranged")
    for state, payload in (("done", b"kept"), ("duplicate", b"kept"), ("failed", None)):
        Delivery.objects.update(state=state, payload=payload)
        with pytest.raises(Conflict):
            retry(row)


def test_contents_go_after_some_days_and_rows_after_some_weeks(arriving: Arriving) -> None:
    take_down([arriving("x"), arriving("y")])
    Delivery.objects.filter(delivery_id="x").update(state="done")
    age(days=6)
    forget()
    assert Delivery.objects.filter(payload=None).count() == 0
    age(days=8)
    forget()
    assert [row.delivery_id for row in Delivery.objects.filter(payload=None)] == ["x"]  # y is not done yet
    age(days=31)
    forget()
    assert states() == []


def test_forgetting_goes_in_steps(arriving: Arriving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "FORGOTTEN_AT_ONCE", 2)
    take_down([arriving() for _ in range(3)])
    age(days=31)
    assert forget()
    assert len(states()) == 1
    assert not forget()
