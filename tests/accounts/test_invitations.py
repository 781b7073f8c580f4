"""The page behind an invitation's link, as those see it who come by it."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from pytest_django.fixtures import Settings

from chat.actions.accounts import create_invitation
from chat.actions.rooms import create_room
from chat.logs.lines import JsonFormatter, TextFormatter
from chat.models import Ban, Invitation, Membership, Room, User
from tests.accounts.conftest import PASSWORD

SignIn = Callable[[User], Client]
FORM = {"name": "Dora D.", "username": "dora", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def _by_invitation_only(settings: Settings) -> None:
    settings.CHAT_SIGNUP = "invite"


@pytest.fixture
def den(alice: User) -> Room:
    """A private room of alice's."""
    return create_room(alice, "The den", Room.Kind.PRIVATE, topic="Where we plan")


@pytest.fixture
def link(alice: User, den: Room) -> str:
    """The path that alice hands over, good for one."""
    return f"/accounts/invite/{create_invitation(alice, room=den.slug, uses=1)[1]}/"


def is_member(username: str, room: Room) -> bool:
    return Membership.objects.filter(user__username=username, room=room).exists()


def test_the_page_says_who_invites_to_what(visitor: Client, link: str) -> None:
    page = visitor.get(link).content.decode()
    assert "The den" in page
    assert "Where we plan" in page
    assert "Alice invites you to this room." in page
    assert Invitation.objects.get().uses_left == 1


def test_without_an_account_one_makes_one_and_is_in_the_room(visitor: Client, link: str, den: Room) -> None:
    response = visitor.post(link, FORM)
    assert response.headers["Location"] == f"/chat/{den.slug}/"
    dora = User.objects.get(username="dora")
    assert dora.display_name == "Dora D."
    assert is_member("dora", den)
    assert visitor.session[SESSION_KEY] == str(dora.pk)


def test_with_an_account_one_signs_in_and_comes_back_to_a_button(
    visitor: Client, bob: User, link: str, den: Room
) -> None:
    page = visitor.get(link).content.decode()
    login = f"/accounts/login/?next={link.replace('/', '%2F')}"
    assert login in page
    response = visitor.post(login, {"login": "bob", "password": PASSWORD, "next": link})
    assert response.headers["Location"] == link
    page = visitor.get(link).content.decode()
    assert "You are signed in as Bob." in page
    assert not is_member("bob", den)
    assert visitor.post(link).headers["Location"] == f"/chat/{den.slug}/"
    assert is_member("bob", den)


def test_who_is_there_already_is_led_on(signed_in: SignIn, alice: User, link: str, den: Room) -> None:
    assert signed_in(alice).get(link).headers["Location"] == f"/chat/{den.slug}/"


def test_a_guest_becomes_the_account(visitor: Client, guest: User, link: str, den: Room) -> None:
    assert 'value="Gus"' in visitor.get(link).content.decode()
    visitor.post(link, FORM)
    assert User.objects.get(username="dora").pk == guest.pk
    assert is_member("dora", den)


def test_an_invitation_to_the_installation_leads_to_the_rooms(
    visitor: Client, signed_in: SignIn, alice: User, bob: User
) -> None:
    path = f"/accounts/invite/{create_invitation(alice)[1]}/"
    assert "Alice invites you to this chat." in visitor.get(path).content.decode()
    assert visitor.post(path, FORM).headers["Location"] == "/"
    assert User.objects.filter(username="dora").exists()
    assert signed_in(bob).get(path).headers["Location"] == "/"


def test_where_sign_up_is_closed_there_is_no_form(
    visitor: Client, signed_in: SignIn, bob: User, link: str, den: Room, settings: Settings
) -> None:
    settings.CHAT_SIGNUP = "closed"
    page = visitor.get(link).content.decode()
    assert "This chat takes no new accounts." in page
    assert "password1" not in page
    visitor.post(link, FORM)
    assert not User.objects.filter(username="dora").exists()
    signed_in(bob).post(link)
    assert is_member("bob", den)


def test_signing_up_without_a_link_stays_closed(visitor: Client, alice: User) -> None:
    assert "by invitation" in visitor.get("/accounts/signup/").content.decode()
    visitor.post("/accounts/signup/", FORM)
    assert not User.objects.filter(username="dora").exists()


def test_a_link_that_does_not_hold_says_nothing_of_the_room(
    visitor: Client, signed_in: SignIn, bob: User, link: str, den: Room
) -> None:
    Ban.objects.create(room=den, user=bob)
    banned, looked = signed_in(bob).post(link), signed_in(bob).get(link)
    Invitation.objects.update(uses_left=0)
    spent, unknown = visitor.get(link), visitor.get("/accounts/invite/unknown/")
    for response in (banned, looked, spent, unknown):
        assert response.status_code == 404
        assert "This link is spent" in response.content.decode()
        assert "The den" not in response.content.decode()
    assert not is_member("bob", den)


def test_a_link_used_up_while_one_typed_makes_no_account(visitor: Client, link: str) -> None:
    assert visitor.get(link).status_code == 200
    Invitation.objects.update(uses_left=0)
    assert visitor.post(link, FORM).status_code == 404
    assert not User.objects.filter(username="dora").exists()


def test_what_cannot_be_is_said_beside_its_field_and_uses_nothing_up(visitor: Client, link: str) -> None:
    page = visitor.post(link, {**FORM, "username": "ALICE"}).content.decode()
    assert "This username is taken." in page
    assert "Alice invites you to this room." in page
    assert Invitation.objects.get().uses_left == 1


def test_opening_links_is_limited(visitor: Client, link: str) -> None:
    answers = [visitor.get("/accounts/invite/guess/").status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
    assert visitor.get(link).status_code == 429


def test_joining_takes_the_token_of_our_own_page(bob: User, link: str, den: Room) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(bob)
    assert strict.post(link).status_code == 403
    assert not is_member("bob", den)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log in both of its forms."""
    text, root = io.StringIO(), logging.getLogger()
    handlers = [logging.StreamHandler(text) for _ in range(2)]
    for handler, formatter in zip(handlers, (TextFormatter(), JsonFormatter()), strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    yield text
    for handler in handlers:
        root.removeHandler(handler)


def test_the_secret_goes_nowhere_else(bob: User, link: str, log: io.StringIO) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(bob)
    response = strict.get(link)
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]
    strict.post(link)
    assert log.getvalue().count("CSRF") >= 2
    assert link.split("/")[3] not in log.getvalue()
