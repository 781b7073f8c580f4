"""The page that makes the first administrator, and who is led to it."""

import ipaddress
from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from chat.actions.accounts.first_admin import setup_code
from chat.models import User
from tests.accounts.conftest import PASSWORD, person

# The first page asks in another thread, which sees only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/accounts/first/"
FORM = {"username": "alice", "password1": PASSWORD}
ELSEWHERE = "203.0.113.9"


@pytest.fixture
def stranger() -> Client:
    """Somebody at another machine."""
    return Client(SERVER_NAME="testserver", REMOTE_ADDR=ELSEWHERE)


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_the_first_page_and_the_account_pages_lead_to_it(visitor: Client, path: str) -> None:
    assert visitor.get(path).headers["Location"] == PAGE


@pytest.mark.parametrize("path", ["/chat/lobby/", "/healthz", "/api/rooms", "/static/css/app.css"])
def test_nothing_else_waits_for_it(visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 200


def test_the_admins_sign_in_does_not_wait_for_it(visitor: Client) -> None:
    helper = person("helper")
    User.objects.filter(pk=helper.pk).update(is_staff=True)
    response = visitor.get("/admin/", follow=True)
    assert response.status_code == 200
    assert "Sign in" in response.content.decode()
    form = {"login": "helper", "password": PASSWORD, "next": "/admin/"}
    assert visitor.post("/accounts/login/", form).headers["Location"] == "/admin/"


async def test_the_first_page_leads_there_over_asgi_too() -> None:
    response = await AsyncClient().get("/")
    assert response.headers["Location"] == PAGE


def test_at_the_machine_itself_it_is_free(visitor: Client) -> None:
    assert "One-time code" not in visitor.get(PAGE).content.decode()
    assert visitor.post(PAGE, {**FORM, "name": "Alice"}).headers["Location"] == "/"
    alice = User.objects.get()
    assert (alice.username, alice.name, alice.kind) == ("alice", "Alice", User.Kind.USER)
    assert alice.is_superuser
    assert alice.is_staff
    assert visitor.session[SESSION_KEY] == str(alice.pk)
    assert visitor.get("/").status_code == 200
    assert visitor.get("/admin/").status_code == 200


def test_from_elsewhere_it_takes_the_code(stranger: Client) -> None:
    assert "One-time code" in stranger.get(PAGE).content.decode()
    assert stranger.post(PAGE, FORM).status_code == 200
    response = stranger.post(PAGE, {**FORM, "code": "AAAA-AAAA-AAAA-AAAA"})
    assert response.status_code == 403
    assert "This is not the code that the server printed." in response.content.decode()
    assert not User.objects.exists()
    sloppy = f" {setup_code().lower().replace('-', ' ')} "
    assert stranger.post(PAGE, {**FORM, "code": sloppy}).headers["Location"] == "/"
    assert User.objects.get().is_superuser


@pytest.mark.parametrize(
    "seen",
    [
        {"REMOTE_ADDR": ELSEWHERE},
        {"REMOTE_ADDR": ""},
        {"SERVER_NAME": "testserver"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
    ids=["another address", "no address", "another name", "a proxy's header", "a proxy's new header"],
)
def test_whoever_may_be_elsewhere_is_asked_for_the_code(seen: dict[str, str]) -> None:
    client = Client(**{"SERVER_NAME": "localhost", **seen})  # type: ignore[arg-type]
    assert "One-time code" in client.get(PAGE).content.decode()


def test_behind_a_public_name_everybody_is_asked_for_the_code(visitor: Client, settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.org"
    assert "One-time code" in visitor.get(PAGE).content.decode()


def test_with_trusted_proxies_everybody_is_asked_for_the_code(visitor: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.2")]
    assert "One-time code" in visitor.get(PAGE).content.decode()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_every_form_of_a_loopback_address_is_the_machine_itself(
    address: str, host: str, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    page = Client().get(PAGE, headers={"host": host}, REMOTE_ADDR=address)
    assert "One-time code" not in page.content.decode()


def test_wrong_codes_are_limited(stranger: Client) -> None:
    wrong = {**FORM, "code": "AAAA-AAAA-AAAA-AAAA"}
    answers = [stranger.post(PAGE, wrong).status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    assert stranger.post(PAGE, {**FORM, "code": setup_code()}).status_code == 429


def test_whoever_comes_second_is_told_so(visitor: Client, alice: User) -> None:
    response = visitor.post(PAGE, {**FORM, "username": "mallory"})
    assert response.status_code == 409
    assert "Somebody else has just made the administrator account." in response.content.decode()
    assert User.objects.get().username == "alice"
    assert visitor.get(PAGE).headers["Location"] == "/"


def test_the_code_is_worth_nothing_once_there_is_an_administrator(stranger: Client, alice: User) -> None:
    assert stranger.post(PAGE, {**FORM, "username": "mallory", "code": setup_code()}).status_code == 409


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"username": "helper"}, "This username is taken."),
        ({"password1": "short"}, "too short"),
        ({"password1": "alice1234"}, "too similar"),
        ({"username": "a b"}, "Enter a valid username."),
    ],
)
def test_what_cannot_be_is_said(visitor: Client, fields: dict[str, str], complaint: str) -> None:
    person("helper")
    response = visitor.post(PAGE, {**FORM, **fields})
    assert complaint in response.content.decode()
    assert not User.objects.filter(is_superuser=True).exists()


def test_it_comes_back_when_the_last_administrator_is_gone(
    visitor: Client, alice: User, signed_in: Callable[[User], Client]
) -> None:
    assert visitor.get("/").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert visitor.get("/").headers["Location"] == PAGE


def test_a_guest_may_become_the_administrator(visitor: Client, guest: User) -> None:
    visitor.post(PAGE, FORM)
    assert User.objects.get().pk == guest.pk
    assert User.objects.get().is_superuser
