"""What concerns somebody elsewhere: a notice in the page, or once from the system, after they asked for it."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.rooms.people import Make, account, enter, pane, post, room_of
from tests.browser.visitor import Visitor

# Stands in for the system's notices, which a browser without a screen does not show.
SYSTEM = """
window.shown = [];
window.Notification = class {
    static permission = localStorage.getItem("permission") ?? "default";
    static async requestPermission() {
        localStorage.setItem("permission", "granted");
        return (window.Notification.permission = "granted");
    }
    constructor(title, options) { window.shown.push({ title, ...options, notice: this }); }
    close() {}
};
"""
LOOK_AWAY = """() => { document.hasFocus = () => false; window.dispatchEvent(new Event("blur")); }"""


def with_system(visitor: Make, username: str) -> Visitor:
    someone = visitor()
    someone.context.add_init_script(SYSTEM)
    someone.sign_up(username)
    return someone


def turn_on(person: Visitor) -> None:
    person.page.locator("button.account-trigger").click()
    person.page.get_by_role("button", name="Profile and notifications").click()
    dialog = person.page.get_by_role("dialog", name="Your profile")
    expect(dialog).to_contain_text("when somebody mentions you")
    dialog.get_by_role("button", name="Turn on").click()
    expect(dialog.get_by_role("button", name="Turn off")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()


def shown(page: Any) -> list[str]:
    found: list[str] = page.evaluate("window.shown.map(({ title, body }) => `${title}: ${body}`)")
    return found


def test_a_call_in_another_room_is_shown_in_the_page_and_leads_there(visitor: Make) -> None:
    alice, bob = account(visitor, "note-alice"), account(visitor, "note-bob")
    slug = room_of(alice, "Notes", bob)
    root = post(alice, slug, "the root")
    enter(bob, slug)
    bob.open("lobby")
    expect(bob.composer).to_be_visible()
    post(alice, slug, "@note-bob come here", thread=root)
    toast = bob.page.locator(".toast")
    expect(toast).to_contain_text("Notes: @note-bob come here")
    toast.get_by_role("button", name="Show").click()
    expect(bob.page.get_by_role("heading", name="Notes", level=1)).to_be_visible()
    reply = pane(bob, "Thread").locator("message-item").filter(has_text="come here")
    expect(reply).to_be_in_viewport()
    expect(reply).to_have_count(1)


def test_nobody_is_asked_for_permission_before_they_press_the_button(visitor: Make) -> None:
    alice, bob = account(visitor, "ask-alice"), with_system(visitor, "ask-bob")
    slug = room_of(alice, "Asking", bob)
    bob.page.evaluate(LOOK_AWAY)
    post(alice, slug, "@ask-bob hello")
    expect(bob.page).to_have_title("(1) Lobby · Chat")
    assert bob.page.evaluate("window.Notification.permission") == "default"
    assert shown(bob.page) == []
    turn_on(bob)
    post(alice, slug, "@ask-bob again")
    bob.page.wait_for_function("() => window.shown.length === 1")
    assert shown(bob.page) == ["You were mentioned in Asking: @ask-bob again"]


def test_several_tabs_speak_once_and_a_click_opens_the_message(visitor: Make) -> None:
    alice, bob = account(visitor, "tabs-alice"), with_system(visitor, "tabs-bob")
    slug = room_of(alice, "Tabs", bob)
    turn_on(bob)
    other = bob.context.new_page()
    other.goto(f"{bob.url}/chat/lobby/")
    expect(other.locator("#composer-text")).to_be_visible()
    for page in (bob.page, other):
        page.evaluate(LOOK_AWAY)
    post(alice, slug, "@tabs-bob here")
    for page in (bob.page, other):
        expect(page).to_have_title("(1) Lobby · Chat")
    # Both have heard of it; whichever was first has spoken.
    count = "window.shown.length"
    while bob.page.evaluate(count) + other.evaluate(count) == 0:
        other.wait_for_timeout(50)
    other.wait_for_timeout(1_000)
    assert len(shown(bob.page) + shown(other)) == 1
    speaker = bob.page if shown(bob.page) else other
    speaker.evaluate("window.shown[0].notice.onclick()")
    expect(speaker.get_by_role("heading", name="Tabs", level=1)).to_be_visible()
    expect(speaker.locator("message-item").filter(has_text="here").first).to_be_focused()


def test_a_tab_that_somebody_looks_at_keeps_the_others_silent(visitor: Make) -> None:
    alice, bob = account(visitor, "look-alice"), with_system(visitor, "look-bob")
    slug = room_of(alice, "Looking", bob)
    turn_on(bob)
    other = bob.context.new_page()
    other.goto(f"{bob.url}/chat/{slug}/")
    expect(other.locator("#composer-text")).to_be_visible()
    bob.page.evaluate(LOOK_AWAY)
    post(alice, slug, "@look-bob here")
    expect(other.locator("message-item").filter(has_text="@look-bob here")).to_have_count(1)
    # Longer than the one that nobody looks at waits.
    bob.page.wait_for_timeout(1_500)
    assert shown(bob.page) + shown(other) == []
    expect(other.locator(".toast")).to_have_count(0)
