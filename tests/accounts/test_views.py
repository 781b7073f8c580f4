"""Signing up, in and out, as people do it."""

from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from pytest_django.fixtures import Settings

from chat.models import User
from tests.accounts.conftest import PASSWORD

SignIn = Callable[[User], Client]


def user_of(client: Client) -> str | None:
    found = User.objects.filter(pk=client.session.get(SESSION_KEY, 0)).first()
    return found.username if found else None


def sign_in(client: Client, login: str, password: str = PASSWORD, **fields: str) -> None:
    client.post("/accounts/login/", {"login": login, "password": password, **fields})


@pytest.mark.parametrize("login", ["bob", "BOB", "bob@example.org"])
def test_people_sign_in_by_username_or_email(visitor: Client, bob: User, login: str) -> None:
    response = visitor.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert response.headers["Location"] == "/"
    assert user_of(visitor) == "bob"


def test_a_wrong_password_lets_nobody_in(visitor: Client, bob: User) -> None:
    response = visitor.post("/accounts/login/", {"login": "bob", "password": "wrong"})
    assert "Username or password is wrong." in response.content.decode()
    assert user_of(visitor) is None


def test_signing_in_leads_to_where_one_wanted_to_go_but_never_elsewhere(visitor: Client, bob: User) -> None:
    form = {"login": "bob", "password": PASSWORD}
    response = visitor.post("/accounts/login/", {**form, "next": "/chat/lobby/"})
    assert response.headers["Location"] == "/chat/lobby/"
    visitor.logout()
    response = visitor.post("/accounts/login/", {**form, "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"


def test_whoever_is_signed_in_is_led_on(signed_in: SignIn, bob: User) -> None:
    assert signed_in(bob).get("/accounts/login/").headers["Location"] == "/"
    assert signed_in(bob).get("/accounts/signup/").headers["Location"] == "/"


def test_a_closed_account_is_told_so(visitor: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    response = visitor.post("/accounts/login/", {"login": "bob", "password": PASSWORD}, follow=True)
    assert "This account is closed" in response.content.decode()
    assert user_of(visitor) is None


@pytest.mark.parametrize("kind", [User.Kind.GUEST, User.Kind.BOT, User.Kind.SYSTEM])
def test_only_people_sign_in_by_password(visitor: Client, bob: User, kind: str) -> None:
    User.objects.filter(pk=bob.pk).update(kind=kind)
    sign_in(visitor, "bob")
    assert user_of(visitor) is None
    User.objects.filter(pk=bob.pk).update(kind=User.Kind.USER)
    sign_in(visitor, "bob")
    assert user_of(visitor) == "bob"


def test_failed_attempts_at_one_account_are_limited_whatever_the_host(visitor: Client, bob: User) -> None:
    for port in range(5):
        visitor.post("/accounts/login/", {"login": "bob", "password": "wrong"}, SERVER_PORT=f"8{port:03}")
    refused = visitor.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert "Too many failed attempts" in refused.content.decode()
    assert user_of(visitor) is None


def test_attempts_from_one_address_are_limited(visitor: Client, bob: User) -> None:
    def attempt(number: int) -> int:
        form = {"login": f"nobody-{number}", "password": "wrong"}
        return visitor.post("/accounts/login/", form).status_code

    assert 429 in [attempt(number) for number in range(31)]


def test_without_rate_limits_nobody_is_held_up(visitor: Client, bob: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    for _ in range(6):
        sign_in(visitor, "bob", "wrong")
    sign_in(visitor, "bob")
    assert user_of(visitor) == "bob"


def test_signing_out_takes_a_post_and_ends_the_session(signed_in: SignIn, bob: User) -> None:
    client = signed_in(bob)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert user_of(client) == "bob"
    response = client.post("/accounts/logout/", follow=True)
    assert "You are signed out." in response.content.decode()
    assert user_of(client) is None


def test_forms_without_their_token_are_refused(bob: User) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    form = {"login": "bob", "password": PASSWORD}
    refused = strict.post("/accounts/login/", form)
    assert refused.status_code == 403
    assert "This page was out of date" in refused.content.decode()


def test_signing_up_makes_an_account_and_signs_in(visitor: Client, alice: User) -> None:
    form = {"name": "Dora D.", "username": "dora", "password1": PASSWORD, "email": "dora@example.org"}
    response = visitor.post("/accounts/signup/?next=/chat/lobby/", {**form, "next": "/chat/lobby/"})
    assert response.headers["Location"] == "/chat/lobby/"
    dora = User.objects.get(username="dora")
    assert (dora.display_name, dora.kind, dora.email) == ("Dora D.", User.Kind.USER, "dora@example.org")
    assert not dora.is_staff
    assert not dora.is_superuser
    assert dora.password.startswith("argon2")
    assert user_of(visitor) == "dora"


def test_name_and_email_may_be_left_out(visitor: Client, alice: User) -> None:
    visitor.post("/accounts/signup/", {"username": "dora", "password1": PASSWORD})
    assert User.objects.get(username="dora").display_name == "dora"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"username": "ALICE"}, "This username is taken."),
        ({"username": "a b"}, "Enter a valid username."),
        ({"username": ""}, "This field is required."),
        ({"password1": "short"}, "too short"),
        ({"password1": "password123"}, "too common"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed."),
        ({"email": "nonsense"}, "Enter a valid email address."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    visitor: Client, alice: User, fields: dict[str, str], complaint: str
) -> None:
    form = {"name": "Dora", "username": "dora", "password1": PASSWORD, **fields}
    response = visitor.post("/accounts/signup/", form)
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("setting", ["invite", "closed"])
def test_where_sign_up_is_not_open_the_page_says_whom_to_ask(
    visitor: Client, alice: User, settings: Settings, setting: str
) -> None:
    settings.CHAT_SIGNUP = setting
    form = {"username": "dora", "password1": PASSWORD}
    for response in (visitor.get("/accounts/signup/"), visitor.post("/accounts/signup/", form)):
        assert "one of its administrators" in response.content.decode()
    assert User.objects.count() == 1


def test_sign_ups_from_one_address_are_limited(visitor: Client, alice: User) -> None:
    answers = [visitor.post("/accounts/signup/", {"username": "a b"}).status_code for _ in range(21)]
    assert answers[-1] == 429


def test_the_admin_has_the_same_door(visitor: Client, alice: User) -> None:
    response = visitor.get("/admin/chat/room/", follow=True)
    path, query = response.redirect_chain[-1][0].split("?")
    assert (path, query) == ("/accounts/login/", "next=/admin/chat/room/")
    response = visitor.post(
        "/accounts/login/", {"login": "alice", "password": PASSWORD, "next": "/admin/chat/room/"}
    )
    assert visitor.get(response.headers["Location"]).status_code == 200
    assert visitor.get("/admin/login/").headers["Location"] == "/admin/"
    assert visitor.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


def test_the_admin_takes_no_password_itself(visitor: Client, alice: User) -> None:
    visitor.post("/admin/login/", {"username": "alice", "password": PASSWORD, "next": "/admin/"})
    assert user_of(visitor) is None


def test_the_admin_refuses_others_clearly_and_without_a_loop(signed_in: SignIn, bob: User) -> None:
    response = signed_in(bob).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "signed in as Bob" in response.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/admin/login/?next=/", "/chat/lobby/"]
)
def test_the_admins_door_leads_into_the_admin_only(signed_in: SignIn, alice: User, target: str) -> None:
    response = signed_in(alice).get("/admin/login/", {"next": target})
    assert response.headers["Location"] == "/admin/"
