"""The pages: which kind of visitor is shown each, and where the others are led. Every address has its row.

Who is led away or refused at an address is so whatever the method.
"""

import httpx
import pytest
from django.urls import get_resolver
from pytest_django.fixtures import Settings

from chat import database
from chat.accounts.urls import urlpatterns as account_patterns
from chat.actions.accounts import create_invitation
from chat.actions.rooms import ban_user
from chat.models import User
from chat.urls import urlpatterns as chat_patterns
from tests.api.conftest import ELSEWHERE, client
from tests.cast import sign_in
from tests.matrix.conftest import on_sqlite_alone
from tests.matrix.places import Place, furnish
from tests.matrix.words import Table, differences, table

asynchronous = pytest.mark.django_db(transaction=True)

# `page`: it is shown; `spent`: the page that says that a link does not hold; else the address they are led to.
# `person` has signed up without a password, so that the page to change it leads to the one that sets it.
SAID = table("""
                                       nobody            guest              person          banned
index                                  page              page               page            page
room                                   page              page               page            page
account_first_administrator            /                 /                  /               /
account_login                          page              page               /               /
account_logout                         /accounts/login/  page               page            page
account_signup                         page              page               /               /
account_invitation                     page              page               page            spent
account_sessions                       /accounts/login/  /accounts/signup/  page            page
account_change_password                /accounts/login/  /accounts/signup/  set             set
account_password_changed               page              page               page            page
account_set_password                   /accounts/login/  /accounts/signup/  page            page
account_reset_password                 page              page               page            page
account_reset_password_done            page              page               page            page
account_reset_password_from_key        page              page               page            page
account_reset_password_from_key_done   page              page               page            page
account_inactive                       page              page               page            page
account_email_verification_sent        page              page               page            page
account_confirm_email                  page              page               page            page
""")

WORDS = {"/accounts/password/set/": "set"}
ADDRESSES = {
    "index": "/",
    "room": "/chat/{slug}/",
    "account_first_administrator": "/accounts/first/",
    "account_login": "/accounts/login/",
    "account_logout": "/accounts/logout/",
    "account_signup": "/accounts/signup/",
    "account_invitation": "/accounts/invite/{secret}/",
    "account_sessions": "/accounts/sessions/",
    "account_change_password": "/accounts/password/change/",
    "account_password_changed": "/accounts/password/change/done/",
    "account_set_password": "/accounts/password/set/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-set-password/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
    "account_inactive": "/accounts/inactive/",
    "account_email_verification_sent": "/accounts/confirm-email/",
    "account_confirm_email": "/accounts/confirm-email/unknown/",
}
COLUMNS = {"nobody": None, "guest": "guest", "person": "stranger", "banned": "banned"}
# Answers of a page that no form can get by other methods are 405.
NO_PAGE = {405, 403}


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    named = {pattern.name for pattern in (*account_patterns, *chat_patterns) if hasattr(pattern, "name")}
    assert set(SAID) == set(ADDRESSES) == named - {None}
    for name, path in ADDRESSES.items():
        assert get_resolver().resolve(path.format(slug="a", secret="b")).url_name == name


@pytest.fixture
async def place(people: dict[str, User]) -> Place:
    [found] = (await database.write(furnish, people, "open", [("look", "banned")])).values()
    return found


@asynchronous
async def test_everybody_is_shown_or_led_as_the_table_says(
    people: dict[str, User], place: Place, settings: Settings
) -> None:
    found: Table = {name: {} for name in SAID}
    posted: Table = {name: {} for name in SAID}
    for column, who in COLUMNS.items():
        async with await browser_of(people.get(who or ""), settings) as browser:
            for name, path in ADDRESSES.items():
                secret = await database.write(invite, people["chief"], place.slug)
                address = path.format(slug=place.slug, secret=secret)
                found[name][column] = word_of(await browser.get(address))
                if SAID[name][column] not in ("page", "/"):
                    posted[name][column] = word_of(await browser.post(address))
    assert differences(found, SAID) == []
    assert differences(posted, SAID) == []


@asynchronous
@on_sqlite_alone
async def test_a_guest_who_is_banned_finds_the_link_spent_too(
    people: dict[str, User], place: Place, settings: Settings
) -> None:
    secret = await database.write(invite, people["chief"], place.slug)
    async with await browser_of(people["guest"], settings) as browser:
        assert word_of(await browser.get(f"/accounts/invite/{secret}/")) == "page"
        await database.write(ban_user, people["chief"], place.slug, people["guest"].pk)
        refused = await browser.get(f"/accounts/invite/{secret}/")
        unknown = await browser.get(f"/accounts/invite/{'x' * len(secret)}/")
    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)
    assert word_of(refused) == "spent"


@asynchronous
@on_sqlite_alone
async def test_the_page_of_a_room_is_the_same_whether_it_is_there_or_not(
    people: dict[str, User], place: Place, settings: Settings
) -> None:
    for who in COLUMNS.values():
        async with await browser_of(people.get(who or ""), settings) as browser:
            told = [
                await browser.get(f"/chat/{slug}/") for slug in (place.slug, place.missing().slug, "lobby")
            ]
        seen = [(each.status_code, each.headers["ETag"], each.content) for each in told]
        assert seen == [seen[0]] * len(seen)


@asynchronous
@on_sqlite_alone
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/rooms/a/b/c"])
async def test_what_is_nowhere_under_the_api_is_missing_for_everybody(
    people: dict[str, User], settings: Settings, path: str
) -> None:
    told = []
    for who in COLUMNS.values():
        async with await browser_of(people.get(who or ""), settings) as browser:
            told += [await browser.get(path), await browser.post(path)]
    assert {each.status_code for each in told} == {404}
    assert {each.content for each in told} == {told[0].content}


def invite(user: User, slug: str) -> str:
    return create_invitation(user, room=slug)[1]


async def browser_of(user: User | None, settings: Settings) -> httpx.AsyncClient:
    browser = client(ELSEWHERE, **{"X-CSRFToken": "a" * 32})
    browser.cookies.set(settings.CSRF_COOKIE_NAME, "a" * 32)
    if user is not None:
        browser.cookies.set(settings.SESSION_COOKIE_NAME, await database.write(sign_in, user))
    return browser


def word_of(answer: httpx.Response) -> str:
    if answer.status_code == 302:
        path = answer.headers["Location"].partition("?")[0]
        return WORDS.get(path, path)
    return {200: "page", 404: "spent"}.get(answer.status_code, str(answer.status_code))
