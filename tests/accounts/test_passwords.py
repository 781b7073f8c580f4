"""Changing a password, and what helps those who forgot theirs."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from chat.models import User
from tests.accounts.conftest import PASSWORD

NEW = "staple-battery-correct-7"
SignIn = Callable[[User], Client]


@pytest.fixture
def mails(settings: Settings) -> None:
    """The installation has a mail server; Django's test runner keeps what is sent in `mail.outbox`."""
    settings.SENDS_EMAIL = settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    form = {"oldpassword": old, "password1": new, "password2": again}
    return client.post("/accounts/password/change/", form, follow=True).content.decode()


def test_changing_it_keeps_this_session_and_ends_the_others(signed_in: SignIn, bob: User) -> None:
    here, elsewhere = signed_in(bob), signed_in(bob)
    assert "Your password is changed" in change(here)
    assert here.get("/accounts/login/").status_code == 302
    assert elsewhere.get("/accounts/login/").status_code == 200
    bob.refresh_from_db()
    assert bob.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "new", "again", "complaint"),
    [
        ("wrong", NEW, NEW, "This is not your present password."),
        (PASSWORD, NEW, "another", "You must type the same password each time."),
        (PASSWORD, "short", "short", "too short"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    signed_in: SignIn, bob: User, old: str, new: str, again: str, complaint: str
) -> None:
    assert complaint in change(signed_in(bob), old, new, again)
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_guesses_at_the_present_password_are_limited(signed_in: SignIn, bob: User) -> None:
    client = signed_in(bob)
    for _ in range(5):
        change(client, old="wrong")
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", form).status_code == 429


def test_changing_it_needs_a_session(visitor: Client, alice: User) -> None:
    response = visitor.get("/accounts/password/change/")
    assert response.headers["Location"] == "/accounts/login/?next=/accounts/password/change/"


def test_an_account_without_a_password_may_set_one(signed_in: SignIn, bob: User) -> None:
    bob.set_unusable_password()
    bob.save()
    client = signed_in(bob)
    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
    bob.refresh_from_db()
    assert bob.check_password(NEW)


def test_without_a_mail_server_the_page_says_whom_to_ask(visitor: Client, bob: User) -> None:
    for response in (
        visitor.get("/accounts/password/reset/"),
        visitor.post("/accounts/password/reset/", {"email": bob.email}),
    ):
        assert "Ask one of its administrators" in response.content.decode()
    assert mail.outbox == []


@pytest.mark.usefixtures("mails")
def test_a_link_by_mail_sets_a_new_password_once(visitor: Client, bob: User, settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.org"
    visitor.post("/accounts/password/reset/", {"email": "bob@example.org"})
    link = re.search(
        r"https://chat\.example\.org(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body)
    )
    assert link
    page = visitor.get(link[1], follow=True)
    form = {"password1": NEW, "password2": NEW}
    done = visitor.post(page.request["PATH_INFO"], form, follow=True)
    assert "You can sign in with it now." in done.content.decode()
    bob.refresh_from_db()
    assert bob.check_password(NEW)
    again = visitor.get(link[1], follow=True)
    assert "This link is spent" in again.content.decode()


@pytest.mark.usefixtures("mails")
def test_the_page_does_not_tell_whose_address_is_known(visitor: Client, bob: User) -> None:
    told = [
        visitor.post("/accounts/password/reset/", {"email": address}, follow=True).content
        for address in ("bob@example.org", "nobody@example.org")
    ]
    assert b"If an account has this address" in told[0]
    assert told[0] == told[1]


@pytest.mark.usefixtures("mails")
def test_an_address_given_at_sign_up_is_confirmed_by_a_link(visitor: Client, alice: User) -> None:
    form = {"username": "dora", "password1": PASSWORD, "email": "dora@example.org"}
    assert visitor.post("/accounts/signup/", form).headers["Location"] == "/"
    link = re.search(r"(/accounts/confirm-email/\S+/)", str(mail.outbox[0].body))
    assert link
    assert "Is this your e-mail address?" in visitor.get(link[1]).content.decode()
    visitor.post(link[1])
    dora = User.objects.get(username="dora")
    assert dora.emailaddress_set.get().verified  # type: ignore[attr-defined]


@pytest.mark.usefixtures("mails")
def test_a_mail_server_that_is_away_undoes_no_sign_up(
    visitor: Client, alice: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    # Nothing listens on the port that every machine discards from.
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    form = {"username": "dora", "password1": PASSWORD, "email": "dora@example.org"}
    assert visitor.post("/accounts/signup/", form).headers["Location"] == "/"
    assert User.objects.filter(username="dora").exists()
