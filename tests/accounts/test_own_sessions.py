"""The page of one's sessions and tokens."""

import re
from collections.abc import Callable

from django.test import Client

from chat.actions.accounts import create_own_token, create_token
from chat.history.accounts import sessions_of, tokens_of
from chat.models import SignIn, Token, User
from chat.models.token import digest
from tests.accounts.conftest import PASSWORD

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def browser() -> Client:
    """Bob in a browser of his own."""
    client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    client.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_it_shows_with_what_and_from_where_one_is_signed_in_and_which_is_this_one(bob: User) -> None:
    here, there = browser(), browser()
    page = here.get(PAGE).content.decode()
    assert page.count("Firefox on Linux</strong>") == 2
    assert page.count("192.0.2.7") == 2
    assert page.count("This one") == 1
    assert str(there.session.session_key) not in page
    assert str(here.session.session_key) not in page


def test_one_session_is_ended_and_the_others_go_on(bob: User) -> None:
    here, there, third = browser(), browser(), browser()
    lost = SignIn.objects.get(session_key=there.session.session_key)
    assert here.post(PAGE, {"session": lost.pk}).headers["Location"] == PAGE
    assert not is_in(there)
    assert is_in(here)
    assert is_in(third)


def test_all_others_are_ended_at_once(bob: User) -> None:
    here, there, third = browser(), browser(), browser()
    here.post(PAGE, {"others": "1"})
    assert [is_in(each) for each in (here, there, third)] == [True, False, False]


def test_a_session_renewed_by_a_new_password_is_still_this_one(bob: User) -> None:
    here = browser()
    there = browser()
    new = "staple-battery-correct-7"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [each.session_key for each in sessions_of(User.objects.get(pk=bob.pk))] == [
        here.session.session_key
    ]
    assert "This one" in here.get(PAGE).content.decode()
    assert not is_in(there)


def test_what_is_not_there_and_what_is_no_number_changes_nothing(bob: User, alice: User) -> None:
    here = browser()
    create_token(alice)
    foreign = Token.objects.get().pk
    for field, value in (("session", "0"), ("session", "x"), ("session", "9" * 30), ("token", str(foreign))):
        assert here.post(PAGE, {field: value}).headers["Location"] == PAGE
    assert is_in(here)
    assert Token.objects.exists()


def test_a_token_is_made_and_shown_this_once(bob: User) -> None:
    here = browser()
    page = here.post(PAGE, {"label": "for the bridge", "days": "30"}).content.decode()
    found = re.search(r'<code class="made-secret">([\w-]{43})</code>', page)
    assert found
    token = Token.objects.get(digest=digest(found[1]))
    assert (token.user, token.label) == (bob, "for the bridge")
    assert token.expires_at is not None
    later = here.get(PAGE).content.decode()
    assert "for the bridge" in later
    assert found[1] not in later


def test_a_token_is_revoked(bob: User) -> None:
    lost, _ = create_own_token(bob, "lost")
    kept, _ = create_own_token(bob, "kept")
    browser().post(PAGE, {"token": lost.pk})
    assert tokens_of(bob) == [kept]


def test_a_token_that_cannot_be_is_said_beside_its_field(bob: User) -> None:
    page = browser().post(PAGE, {"label": "x" * 81, "days": "7"}).content.decode()
    assert "at most 80 characters" in page
    assert "Select a valid choice" in page
    assert not Token.objects.exists()


def test_the_page_is_for_people_with_an_account(visitor: Client, alice: User, guest: User) -> None:
    assert visitor.get(PAGE).headers["Location"] == "/accounts/signup/"
    nobody = Client(SERVER_NAME="localhost")
    for response in (nobody.get(PAGE), nobody.post(PAGE, {"others": "1"})):
        assert response.headers["Location"] == f"/accounts/login/?next={PAGE}"


def test_its_buttons_take_the_token_of_our_own_page(bob: User, signed_in: Callable[[User], Client]) -> None:
    other = signed_in(bob)
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(bob)
    assert strict.post(PAGE, {"others": "1"}).status_code == 403
    assert is_in(other)
