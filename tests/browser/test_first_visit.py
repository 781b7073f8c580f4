"""The first visit, from an empty installation to a message that was written while the server was down."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation
from tests.browser.test_accounts import sign_up
from tests.browser.visitor import PASSWORD, PHONE, Visitor


@pytest.fixture
def fresh() -> Iterator[Installation]:
    """Nobody has been here before."""
    with Installation() as running:
        yield running


def make_administrator(alice: Visitor) -> None:
    """The first page of an installation asks for one."""
    page = alice.page
    page.goto(alice.url)
    page.get_by_label("Your name").fill("Alice")
    page.get_by_label("Username").fill("alice")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("chat-app")).to_be_visible()


def they_talk(alice: Visitor, bob: Visitor) -> None:
    alice.say("Good morning from the desk")
    bob.sees("Good morning from the desk")
    bob.say("Good morning from the train")
    bob.page.get_by_role("button", name="Send").click()
    alice.sees("Good morning from the train")
    assert bob.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def they_edit_and_react(alice: Visitor, bob: Visitor) -> None:
    alice.composer.press("ArrowUp")
    alice.page.get_by_label("Edit the message").fill("Good morning from the kitchen")
    alice.page.get_by_label("Edit the message").press("Enter")
    bob.sees("Good morning from the kitchen")
    expect(bob.message("kitchen")).to_contain_text("(edited)")

    alice.tool("train", "React with 👍")
    expect(bob.message("train").locator(".reaction").first).to_contain_text("1")
    alice.page.reload()
    alice.sees("Good morning from the kitchen")
    expect(alice.message("train").locator(".reaction").first).to_have_attribute("aria-pressed", "true")


def the_server_is_killed_while_they_write(fresh: Installation, alice: Visitor, bob: Visitor) -> None:
    fresh.stop(signal.SIGKILL)
    expect(alice.page.get_by_text("No connection.")).to_be_visible()
    alice.say("Written while the server was down")
    expect(alice.page.locator("message-item.pending")).to_have_count(1)
    fresh.start()
    alice.page.evaluate("window.dispatchEvent(new Event('online'))")
    alice.sees("Written while the server was down")
    bob.page.evaluate("window.dispatchEvent(new Event('online'))")
    bob.sees("Written while the server was down")


def test_two_people_meet_and_lose_nothing_when_the_server_is_killed(
    browser: Browser, fresh: Installation
) -> None:
    alice = Visitor(browser, fresh.url)
    bob = Visitor(browser, fresh.url, size=PHONE, has_touch=True)
    make_administrator(alice)
    alice.page.get_by_role("link", name="Lobby").first.click()
    sign_up(bob, "bob")
    they_talk(alice, bob)
    they_edit_and_react(alice, bob)
    the_server_is_killed_while_they_write(fresh, alice, bob)
    assert alice.texts() == bob.texts()
    assert alice.errors == bob.errors == []
