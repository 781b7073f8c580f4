"""GitHub accounts side by side: they come one by one, trouble stays with its own, and the address says who is there."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import faults
from tests.browser.visitor import Visitor
from tests.fakes.github import FakeGitHub
from tests.fakes.github.answers import failed

NARROW = {"width": 320, "height": 640}


def card(page: Page, login: str) -> Locator:
    return page.get_by_role("article", name=login, exact=True)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Return when it holds; fail when it does not within twenty seconds."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to hold")


def test_accounts_come_one_by_one_and_the_address_says_who_is_there(
    visitor: Callable[..., Visitor], github: FakeGitHub
) -> None:
    alice = visitor()
    alice.make_account("alice-side-by-side")
    alice.open("lobby")
    alice.page.get_by_role("button", name="your account").click()
    alice.page.get_by_role("link", name="GitHub users").click()
    expect(alice.page.get_by_role("heading", name="Nobody here yet")).to_be_visible()

    field = alice.page.get_by_label("GitHub login")
    field.fill("torvalds, https://github.com/never-answers @nobody-here")
    field.press("Enter")
    expect(card(alice.page, "torvalds").get_by_role("heading", name="Activity")).to_be_visible()
    expect(card(alice.page, "torvalds").get_by_role("heading", name="Linus Torvalds")).to_be_visible()
    expect(card(alice.page, "nobody-here")).to_contain_text("GitHub has no user nobody-here.")
    expect(card(alice.page, "never-answers")).to_have_attribute("aria-busy", "true")
    followers = alice.page.get_by_role("table", name="Followers").get_by_role("row", name="torvalds")
    expect(followers).to_contain_text("201,000")


def test_the_form_adds_and_the_cards_remove(visitor: Callable[..., Visitor], github: FakeGitHub) -> None:
    carol = visitor()
    carol.make_account("carol-side-by-side")
    carol.page.goto(f"{carol.url}/github/users?login=torvalds&login=never-answers&login=Torvalds")
    expect(carol.page.get_by_role("article")).to_have_count(2)
    expect(carol.page.get_by_role("article").first).to_have_attribute("aria-label", "torvalds")
    field = carol.page.get_by_label("GitHub login")
    field.fill("not--one")
    field.press("Enter")
    expect(carol.page.get_by_role("alert")).to_contain_text("is no GitHub login")
    until(carol.page, lambda: github.at_once == 1)
    carol.page.get_by_role("button", name="Remove never-answers").click()
    until(carol.page, lambda: github.at_once == 0)
    expect(carol.page).to_have_url(re.compile(r"/github/users\?login=torvalds$"))
    expect(field).to_be_focused()
    carol.page.go_back()
    expect(card(carol.page, "never-answers")).to_be_visible()


def test_a_shared_address_shows_the_same_to_others_on_a_phone_in_the_dark(
    visitor: Callable[..., Visitor], github: FakeGitHub
) -> None:
    bob = visitor(size=NARROW, color_scheme="dark")
    github.answers["hubot"] = lambda _: failed()
    shared = f"{bob.url}/github/users?login=grace-hopper&login=hubot&login=li-hua"
    bob.page.goto(shared)
    expect(bob.page.get_by_role("heading", name="Sign in")).to_be_visible()
    bob.make_account("bob-side-by-side")
    bob.page.goto(shared)
    for login in ("grace-hopper", "li-hua"):
        expect(card(bob.page, login).get_by_role("heading", name="Lately")).to_be_visible()
    expect(bob.page.get_by_text("of 5,000 calls left")).to_be_visible()
    assert faults(bob.page) == []
    assert bob.page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]

    del github.answers["hubot"]
    card(bob.page, "hubot").get_by_role("button", name="Try again").click()
    expect(card(bob.page, "hubot").get_by_role("heading", name="Languages")).to_be_visible()
