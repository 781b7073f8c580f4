"""Everything can be done without a mouse, and it is always seen where one is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const frame = element.closest(".composer") ? getComputedStyle(element.closest(".composer")) : null;
    return {
        name: element.localName,
        id: element.id,
        text: (element.getAttribute("aria-label") ?? element.textContent).trim(),
        seen: style.outlineStyle !== "none" || (frame?.boxShadow ?? "none") !== "none",
        place: ["room-sidebar", ".room-header", ".log", ".composer"].find((name) => element.closest(name)) ?? "",
    };
}"""


@pytest.fixture
def alice(visitor: Callable[..., Visitor]) -> Visitor:
    someone = visitor()
    someone.come_in("Alice", "keyboard")
    return someone


def test_tab_walks_from_the_rooms_over_the_messages_to_the_composer(alice: Visitor) -> None:
    alice.say("something to stop at")
    alice.sees("something to stop at")
    # Afresh, so that Tab begins at the top.
    alice.page.reload()
    alice.sees("something to stop at")
    stops = []
    # Other tests' rooms are listed as well, each of them a stop.
    for _ in range(200):
        alice.page.keyboard.press("Tab")
        stops.append(alice.page.evaluate(FOCUS))
        if stops[-1]["id"] == "composer-text":
            break
    assert [stop for stop in stops if not stop["seen"]] == []
    assert stops[0]["text"] == "Skip to content"
    names = [stop["name"] for stop in stops]
    places = [stop["place"] for stop in stops]
    assert names.index("a") < names.index("message-item") < names.index("textarea")
    assert places.index(".log") > max(index for index, place in enumerate(places) if place == "room-sidebar")


def test_arrows_go_from_message_to_message_and_escape_goes_back_to_writing(alice: Visitor) -> None:
    for text in ("older", "newer"):
        alice.say(text)
        alice.sees(text)
    alice.page.keyboard.press("Shift+Tab")
    expect(alice.message("newer")).to_be_focused()
    alice.page.keyboard.press("ArrowUp")
    expect(alice.message("older")).to_be_focused()
    alice.page.keyboard.press("Escape")
    expect(alice.composer).to_be_focused()


def test_a_message_is_answered_and_reacted_to_by_keyboard(alice: Visitor) -> None:
    alice.say("a question")
    alice.sees("a question")
    alice.page.keyboard.press("Shift+Tab")
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.press("Enter")
    expect(alice.message("a question").locator(".reaction").first).to_contain_text("1")
    reply = alice.message("a question").get_by_role("button", name="Reply")
    reply.focus()
    alice.page.keyboard.press("Enter")
    expect(alice.composer).to_be_focused()
    expect(alice.page.locator(".composer-reply")).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(alice.page.locator(".composer-reply")).to_have_count(0)


def test_shift_enter_breaks_the_line_and_enter_during_composition_does_not_send(alice: Visitor) -> None:
    alice.composer.focus()
    alice.page.keyboard.type("one")
    alice.page.keyboard.press("Shift+Enter")
    alice.page.keyboard.type("two")
    expect(alice.composer).to_have_value("one\ntwo")
    alice.composer.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(alice.composer).to_have_value("one\ntwo")


def test_what_is_typed_with_nothing_in_focus_lands_in_the_composer(alice: Visitor) -> None:
    alice.page.evaluate("document.activeElement.blur()")
    alice.page.keyboard.type("hello")
    expect(alice.composer).to_have_value("hello")


def test_a_closed_emoji_picker_gives_the_focus_back(alice: Visitor) -> None:
    opener = alice.page.get_by_role("button", name="Insert an emoji")
    opener.focus()
    alice.page.keyboard.press("Enter")
    expect(alice.page.get_by_label("Search emoji")).to_be_focused()
    alice.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
