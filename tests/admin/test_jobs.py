"""The page of the jobs: what operators see of them, and how they have one run."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chat import jobs
from chat.models import AuditEntry, JobState
from tests.admin.conftest import Staff

pytestmark = pytest.mark.django_db

URL = "/admin/chat/jobstate/"


def listed(client: Client) -> str:
    answer = client.get(URL)
    assert answer.status_code == 200
    return answer.content.decode()


def row_of(client: Client, name: str) -> str:
    """The list's row of one job."""
    rows = listed(client).split("<tr>")
    [found] = [row for row in rows if f">{name}</a>" in row]
    return found


def ask(client: Client, state: JobState, **more: str) -> None:
    form = {"action": "run_now", "_selected_action": str(state.pk), "index": "0", **more}
    assert client.post(URL, form).status_code in (200, 302)


def test_jobs_that_never_ran_are_listed_too(admin: Client) -> None:
    page = listed(admin)
    assert len(jobs.registered()) >= 6
    for job in jobs.registered():
        assert f">{job.name}</a>" in page
        assert ">now<" in row_of(admin, job.name)


def test_a_row_tells_how_the_job_went_and_where_it_runs(admin: Client) -> None:
    past = timezone.now() - timedelta(minutes=5)
    JobState.objects.create(
        name="forget guests", started_at=past, ended_at=past, duration_ms=1_234, runs=7, failures=2,
        last_error="ValueError: <as arranged>\nmore", last_error_at=past,
    )  # fmt: skip
    row = row_of(admin, "forget guests")
    for shown in ("1:00:00", "1.23 s", ">7<", ">2<", "ValueError: &lt;as arranged&gt;"):
        assert shown in row
    assert ">now<" not in row
    JobState.objects.update(holder="machine:42:abcdef")
    assert "machine:42<" in row_of(admin, "forget guests")


def test_who_may_change_jobs_has_one_run_and_that_is_on_record(admin: Client, staff: Staff) -> None:
    listed(admin)
    state = JobState.objects.get(name="forget guests")
    past = timezone.now()
    JobState.objects.update(ended_at=past)
    ask(admin, state, _one="1")
    assert list(JobState.objects.filter(wanted=True)) == [state]
    assert AuditEntry.objects.filter(actor_name="olga", target_name="forget guests").count() == 1
    JobState.objects.update(wanted=False)
    reader, helper = staff("view_jobstate"), staff("view_jobstate", "change_jobstate")
    assert "run_now" not in listed(reader)
    ask(reader, state)
    assert not JobState.objects.filter(wanted=True).exists()
    ask(helper, state)
    assert JobState.objects.filter(wanted=True).exists()


def test_the_button_stands_on_the_page_of_a_job_that_does_not_run(admin: Client) -> None:
    listed(admin)
    state = JobState.objects.get(name="forget guests")
    url = f"{URL}{state.pk}/change/"
    assert "Run this periodic job now" in admin.get(url).content.decode()
    JobState.objects.update(holder="machine:42:abcdef")
    assert "Run this periodic job now" not in admin.get(url).content.decode()


def test_a_job_of_another_version_is_shown_and_cannot_be_run(admin: Client) -> None:
    state = JobState.objects.create(name="of yesterday")
    assert "unknown to this version" in row_of(admin, "of yesterday")
    ask(admin, state)
    assert not JobState.objects.filter(wanted=True).exists()
