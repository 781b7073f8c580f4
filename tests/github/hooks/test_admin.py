"""The ledger in the admin: what operators see of each delivery, and how they have one worked off again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from chat.github.hooks.ledger import take_down
from chat.github.hooks.working import work_off_next
from chat.github.models import Delivery
from chat.models import AuditEntry, User
from tests.cast import person
from tests.github.hooks.conftest import Arriving

# What the ledger does on both databases is tried beside this.
pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]

URL = "/admin/chat_github/delivery/"


@pytest.fixture
def operator() -> Client:
    olga = person("olga")
    olga.is_staff = olga.is_superuser = True
    olga.save()
    return client_of(olga)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def failed(arriving: Arriving) -> Delivery:
    """One that was tried as often as it may be."""
    take_down([arriving("delivery-1", body=b'{"secret": "of a private repository"}')])
    Delivery.objects.update(state="failed", attempts=6, error="ValueError: <as arranged>\nmore")
    return Delivery.objects.get()


def ask(client: Client, delivery: Delivery) -> str:
    form = {"action": "work_off_again", "_selected_action": str(delivery.pk), "index": "0"}
    return client.post(URL, form, follow=True).content.decode()


def test_the_list_shows_what_came_how_it_stands_and_why(operator: Client, failed: Delivery) -> None:
    page = operator.get(URL).content.decode()
    for shown in ("delivery-1", "star", "octocat/Hello-World", "Failed", "ValueError: &lt;as arranged&gt;"):
        assert shown in page
    assert "more" not in page.partition("as arranged&gt;")[2].partition("</td>")[0]


def test_the_list_leaves_room_for_the_state_and_keeps_the_whole_id_at_hand(
    operator: Client, arriving: Arriving
) -> None:
    whole = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
    take_down([arriving(whole)])
    page = operator.get(URL).content.decode()
    assert f'<span title="{whole}">72d3162e…</span>' in page
    assert whole not in page.replace(f'title="{whole}"', "")
    assert page.index("72d3162e…") < page.index("Waiting</td>") < page.index("star</td>")
    assert whole in operator.get(f"{URL}{Delivery.objects.get().pk}/change/").content.decode()


def test_the_next_attempt_is_written_as_the_admin_writes_times(operator: Client, failed: Delivery) -> None:
    page = f"{URL}{failed.pk}/change/"
    due_at = datetime(2026, 11, 30, 21, 14, 9, 16051, UTC)
    Delivery.objects.update(state="waiting", due_at=due_at)
    for url in (page, URL):
        shown = operator.get(url).content.decode()
        assert "Nov. 30, 2026, 9:14 p.m." in shown
        assert "21:14:09.0" not in shown
    Delivery.objects.update(state="failed")
    assert ">None<" not in operator.get(page).content.decode()


def test_the_page_shows_the_whole_error_and_nothing_of_what_was_said(
    operator: Client, failed: Delivery
) -> None:
    page = operator.get(f"{URL}{failed.pk}/change/").content.decode()
    assert "&lt;as arranged&gt;" in page
    assert "more" in page
    assert "Work off this delivery again" in page
    assert "private repository" not in page


def test_what_failed_is_worked_off_again_on_demand_and_that_is_on_record(
    operator: Client, failed: Delivery
) -> None:
    assert "1 delivery to be worked off soon" in ask(operator, failed)
    entry = AuditEntry.objects.get(action="delivery_retried")
    assert (entry.actor_name, entry.target_type) == ("olga", "delivery")
    done: list[str] = []
    assert work_off_next(lambda event, body, key: done.append(event))
    assert done == ["star"]
    failed.refresh_from_db()
    assert failed.state == "done"


def test_what_is_done_cannot_be_done_again(operator: Client, failed: Delivery) -> None:
    Delivery.objects.update(state="done")
    assert "It is done" in ask(operator, failed)
    assert not AuditEntry.objects.filter(action="delivery_retried").exists()
    assert "Work off this delivery" not in operator.get(f"{URL}{failed.pk}/change/").content.decode()


def test_what_waits_for_its_next_attempt_need_not_wait(operator: Client, failed: Delivery) -> None:
    later = timezone.now() + timedelta(hours=1)
    Delivery.objects.update(state="waiting", attempts=2, due_at=later)
    ask(operator, failed)
    assert work_off_next(lambda event, body, key: None)


def test_nobody_without_the_right_begins_one_anew(failed: Delivery) -> None:
    reader = person("reader")
    reader.is_staff = True
    reader.save()
    reader.user_permissions.set(Permission.objects.filter(codename="view_delivery"))
    ask(client_of(reader), failed)
    failed.refresh_from_db()
    assert failed.state == "failed"
