"""A link to a new password, made by an operator on the person's page and used by the person."""

import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from chat.models import AuditEntry, User
from tests.admin.conftest import Staff, client_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/chat/user/"
NEW = "staple-battery-correct-7"
Make = Callable[..., str | None]


def make(operator: Client, *people: User, one: bool = True) -> str | None:
    """The path of the link that the operator is shown, if any."""
    form = {"action": "reset_link", "index": "0", "_selected_action": [str(each.pk) for each in people]}
    response = operator.post(PEOPLE, {**form, **({"_one": "1"} if one else {})}, follow=True)
    found = re.search(
        r'value="http://testserver(/accounts/password/reset/key/[^"]+)"', response.content.decode()
    )
    return found[1] if found else None


def use(link: str) -> str:
    """Choose a password as whoever was given the link; what the last page says."""
    person = Client()
    page = person.get(link, follow=True)
    done = person.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)
    return done.content.decode()


def test_it_stands_on_the_page_of_people_alone(admin: Client, operator: User, cast: Cast) -> None:
    assert "Make a password reset link" in admin.get(f"{PEOPLE}{cast.bob.pk}/change/").content.decode()
    for other in (cast.gus, operator):
        page = admin.get(f"{PEOPLE}{other.pk}/change/").content.decode()
        assert "Make a password reset link" not in page


def test_the_link_sets_a_password_once_and_ends_the_sessions_of_before(admin: Client, cast: Cast) -> None:
    before = client_of(cast.bob)
    link = make(admin, cast.bob)
    assert link
    assert before.get("/accounts/sessions/").status_code == 200
    assert "You can sign in with it now." in use(link)
    cast.bob.refresh_from_db()
    assert cast.bob.check_password(NEW)
    assert before.get("/accounts/sessions/").status_code == 302
    assert "This link is spent" in Client().get(link, follow=True).content.decode()


def test_it_is_recorded_without_the_link(admin: Client, operator: User, cast: Cast) -> None:
    link = make(admin, cast.bob)
    assert link
    entry = AuditEntry.objects.get(action="reset_link_made")
    assert (entry.actor, entry.target_id, entry.details) == (operator, str(cast.bob.pk), {})
    assert LogEntry.objects.get().change_message == "Password reset link made."
    assert link not in admin.get(f"{PEOPLE}{cast.bob.pk}/change/").content.decode()


def test_it_is_too_old_after_the_named_time(admin: Client, cast: Cast, settings: Settings) -> None:
    link = make(admin, cast.bob)
    assert link
    assert settings.PASSWORD_RESET_TIMEOUT == 24 * 60 * 60
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link is spent" in Client().get(link, follow=True).content.decode()


def test_a_sign_in_meanwhile_ends_it(admin: Client, cast: Cast) -> None:
    link = make(admin, cast.bob)
    assert link
    User.objects.filter(pk=cast.bob.pk).update(last_login=timezone.now())
    assert "This link is spent" in Client().get(link, follow=True).content.decode()


def test_only_superusers_reach_superusers(staff: Staff, admin: Client, operator: User, cast: Cast) -> None:
    helper = staff("change_user", "view_user")
    assert make(helper, operator) is None
    assert make(helper, cast.bob)
    second = User.objects.create(username="second", is_superuser=True)
    assert make(admin, second)


def test_without_the_right_to_change_people_there_is_none(staff: Staff, cast: Cast) -> None:
    assert make(staff("view_user"), cast.bob) is None
    assert not AuditEntry.objects.filter(action="reset_link_made").exists()


def test_a_link_is_for_one_open_account(admin: Client, cast: Cast) -> None:
    assert make(admin, cast.bob, cast.carol, one=False) is None
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    for person in (cast.bob, cast.gus):
        assert make(admin, person) is None
    assert not AuditEntry.objects.filter(action="reset_link_made").exists()
