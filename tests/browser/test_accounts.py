"""The account pages in a browser, and what the chat in other tabs makes of them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import faults, looks
from tests.browser.visitor import PASSWORD, Visitor

NEW = "staple-battery-correct-7"


def sign_up(person: Visitor, name: str) -> None:
    page = person.page
    page.goto(f"{person.url}/accounts/signup/?next=/chat/lobby/")
    page.get_by_label("Username").fill(name)
    page.locator("[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(person.composer).to_be_visible()


def change_password(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/password/change/")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password, once more").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()


def test_after_a_new_password_the_chat_in_another_tab_goes_on(visitor: Callable[..., Visitor]) -> None:
    dora = visitor()
    sign_up(dora, "dora")
    tab = dora.context.new_page()
    with dora.page.expect_event("websocket"):
        change_password(tab, dora.url)
    expect(dora.page.get_by_text("Your session has ended.")).to_have_count(0)
    dora.say("Still here, with a new password")
    dora.sees("Still here, with a new password")
    expect(dora.page.locator("account-menu")).to_contain_text("dora")


def test_signing_out_in_one_tab_ends_the_chat_in_the_other(visitor: Callable[..., Visitor]) -> None:
    erin = visitor()
    sign_up(erin, "erin")
    tab = erin.context.new_page()
    tab.goto(f"{erin.url}/accounts/logout/")
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_text("You are signed out.")).to_be_visible()
    expect(erin.page.get_by_text("Your session has ended.")).to_be_visible()


def test_a_password_can_be_looked_at_while_it_is_typed(visitor: Callable[..., Visitor]) -> None:
    somebody = visitor()
    page = somebody.page
    page.goto(f"{somebody.url}/accounts/login/")
    field = page.locator("[name=password]")
    field.fill("seen")
    button = page.get_by_role("button", name="Show")
    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")


@looks
def test_forms_with_faults_are_still_readable(
    visitor: Callable[..., Visitor], size: dict[str, int], scheme: str
) -> None:
    nobody = visitor(size=size, color_scheme=scheme)
    nobody.page.goto(f"{nobody.url}/accounts/signup/")
    nobody.page.get_by_label("Username").fill("admin")
    nobody.page.locator("[name=password1]").fill("123")
    nobody.page.get_by_role("button", name="Create account").click()
    expect(nobody.page.get_by_text("This username is taken.")).to_be_visible()
    assert faults(nobody.page) == []
    assert nobody.page.evaluate("document.documentElement.scrollWidth") == size["width"]


def sign_in(person: Visitor, name: str) -> None:
    person.page.goto(f"{person.url}/accounts/login/?next=/chat/lobby/")
    person.page.get_by_label("Username or e-mail").fill(name)
    person.page.locator("[name=password]").fill(PASSWORD)
    person.page.get_by_role("button", name="Sign in").click()
    expect(person.composer).to_be_visible()


def test_a_session_ended_from_the_list_ends_the_chat_in_that_browser(visitor: Callable[..., Visitor]) -> None:
    here, there = visitor(), visitor()
    sign_up(here, "fred")
    sign_in(there, "fred")
    here.page.locator(".account-trigger").click()
    here.page.get_by_role("link", name="Sessions and tokens").click()
    here.page.get_by_role("button", name="Sign out Chrome").click()
    expect(there.page.get_by_text("Your session has ended.")).to_be_visible()
    expect(here.page.get_by_text("This one")).to_be_visible()
    expect(here.page.get_by_role("button", name="Sign out Chrome")).to_have_count(0)


def test_a_link_brings_somebody_new_into_a_private_room(visitor: Callable[..., Visitor]) -> None:
    host, newcomer = visitor(), visitor()
    sign_up(host, "gina")
    _, room = host.ask("POST", "/api/rooms", {"name": "Gina's den", "kind": "private"})
    status, invitation = host.ask("POST", "/api/invitations", {"room": room["slug"], "uses": 1})
    assert status == 201
    page = newcomer.page
    page.goto(invitation["url"])
    expect(page.get_by_text("gina invites you to this room.")).to_be_visible()
    page.get_by_label("Username").fill("henk")
    page.locator("[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    newcomer.say("Thanks for the key")
    newcomer.sees("Thanks for the key")


@looks
def test_the_pages_of_sessions_and_of_an_invitation_fit_and_can_be_read(
    visitor: Callable[..., Visitor], size: dict[str, int], scheme: str
) -> None:
    ida = visitor(size=size, color_scheme=scheme)
    sign_up(ida, f"ida-{size['width']}-{scheme}")
    _, room = ida.ask("POST", "/api/rooms", {"name": "Ida's den", "kind": "private"})
    _, invitation = ida.ask("POST", "/api/invitations", {"room": room["slug"]})
    page = ida.page
    page.goto(f"{ida.url}/accounts/sessions/")
    page.get_by_text("New token").click()
    page.get_by_label("What is it for?").fill("A program with a name that is rather long for a phone")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("Copy your new token now.")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    nobody = visitor(size=size, color_scheme=scheme)
    nobody.page.goto(invitation["url"])
    assert faults(nobody.page) == []
    assert nobody.page.evaluate("document.documentElement.scrollWidth") == size["width"]
