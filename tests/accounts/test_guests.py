"""Guests before the account pages."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from chat.actions.accounts import create_guest
from chat.models import Room, Token, User
from tests.accounts.conftest import PASSWORD
from tests.cast import say


def test_a_guest_sees_the_forms_that_others_are_led_away_from(
    visitor: Client, alice: User, guest: User
) -> None:
    assert "Sign in" in visitor.get("/accounts/login/").content.decode()
    assert 'value="Gus"' in visitor.get("/accounts/signup/").content.decode()


def test_a_guest_who_signs_up_becomes_the_account_and_keeps_what_they_wrote(
    visitor: Client, alice: User, guest: User
) -> None:
    posted = say(guest, Room.objects.get(slug="lobby"), "hello")
    before = visitor.session.session_key
    visitor.post("/accounts/signup/", {"name": "Gustav", "username": "gus", "password1": PASSWORD})
    gustav = User.objects.get(username="gus")
    assert (gustav.pk, gustav.kind, gustav.name) == (guest.pk, User.Kind.USER, "Gustav")
    assert gustav.messages.get().pk == posted.message_id
    assert visitor.session[SESSION_KEY] == str(guest.pk)
    assert visitor.session.session_key != before
    assert not Token.objects.exists()
    visitor.logout()
    visitor.post("/accounts/login/", {"login": "gus", "password": PASSWORD})
    assert visitor.session[SESSION_KEY] == str(guest.pk)


def test_a_guest_who_signs_in_leaves_the_guest_behind(
    visitor: Client, alice: User, bob: User, guest: User
) -> None:
    before = visitor.session.session_key
    visitor.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert visitor.session[SESSION_KEY] == str(bob.pk)
    assert not Client().session.exists(str(before))
    assert User.objects.get(pk=guest.pk).is_guest


@pytest.mark.parametrize("path", ["password/change/", "password/set/"])
def test_a_guest_has_no_password_to_change(visitor: Client, alice: User, guest: User, path: str) -> None:
    form = {"password1": PASSWORD, "password2": PASSWORD}
    assert visitor.get(f"/accounts/{path}").headers["Location"] == "/accounts/signup/"
    assert visitor.post(f"/accounts/{path}", form).headers["Location"] == "/accounts/signup/"
    guest.refresh_from_db()
    assert not guest.has_usable_password()


def test_a_guest_is_shown_the_sign_in_of_the_admin(visitor: Client, alice: User, guest: User) -> None:
    assert visitor.get("/admin/login/").headers["Location"] == "/accounts/login/?next=/admin/"


def test_a_guest_who_was_forgotten_meanwhile_gets_an_account_all_the_same(
    visitor: Client, alice: User, guest: User
) -> None:
    other, _ = create_guest("Other")
    User.objects.filter(pk=guest.pk).update(kind=User.Kind.USER)
    visitor.force_login(other)
    User.objects.filter(pk=other.pk).update(is_active=False)
    visitor.post("/accounts/signup/", {"username": "dora", "password1": PASSWORD})
    assert User.objects.get(username="dora").pk not in (guest.pk, other.pk)
