"""What people do in a room: write, change, answer, react, scroll back, and what others see of it at once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

Make = Callable[..., Visitor]
TALL = "\n\n".join(["and one more line"] * 3)


@pytest.fixture
def alice(visitor: Make) -> Visitor:
    return visitor()


@pytest.fixture
def bob(visitor: Make) -> Visitor:
    return visitor()


def test_what_one_writes_the_other_sees(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "writing")
    bob.come_in("Bob", "writing")
    alice.say("line one\nline **two**")
    bob.sees("line one")
    expect(bob.message("line one").locator("strong", has_text="two")).to_be_visible()
    expect(bob.message("line one").locator(".message-author")).to_have_text("Alice")


def test_messages_of_one_author_share_a_header(alice: Visitor) -> None:
    alice.come_in("Alice", "grouping")
    for text in ("first", "second"):
        alice.say(text)
        alice.sees(text)
    expect(alice.page.locator(".message-head")).to_have_count(1)
    expect(alice.page.locator(".day-line")).to_have_text(["Today"])


def test_a_sent_message_keeps_its_element_and_its_place(alice: Visitor) -> None:
    alice.come_in("Alice", "steady")
    alice.say("before")
    alice.sees("before")
    alice.page.evaluate(
        """() => {
            new MutationObserver((changes) => {
                for (const node of changes.flatMap((change) => [...change.addedNodes])) {
                    if (node.localName === "message-item") window.bubble ??= node;
                }
            }).observe(document.querySelector("message-list"), { childList: true, subtree: true });
        }"""
    )
    alice.say("steady")
    alice.sees("steady")
    assert alice.page.evaluate("window.bubble.isConnected && window.bubble.textContent.includes('steady')")


def test_an_edit_can_be_left_with_escape(alice: Visitor) -> None:
    alice.come_in("Alice", "leaving-an-edit")
    alice.say("as it was")
    alice.sees("as it was")
    alice.composer.press("ArrowUp")
    alice.page.get_by_label("Edit the message").fill("changed")
    alice.page.get_by_label("Edit the message").press("Escape")
    alice.sees("as it was")
    expect(alice.composer).to_be_focused()


def test_a_deleted_message_leaves_a_mark_for_everybody(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "deleting")
    bob.come_in("Bob", "deleting")
    alice.say("a slip of the tongue")
    bob.sees("a slip of the tongue")
    alice.tool("a slip of the tongue", "Delete")
    alice.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(bob.messages.filter(has_text="Message deleted")).to_have_count(1)
    expect(bob.message("slip")).to_have_count(0)


def test_a_reaction_is_counted_named_and_taken_back(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "reacting")
    bob.come_in("Bob", "reacting")
    alice.say("a good idea")
    bob.sees("a good idea")
    bob.tool("a good idea", "React with ❤️")
    chip = alice.message("a good idea").locator(".reaction").first
    expect(chip).to_contain_text("1")
    chip.click()
    expect(bob.message("a good idea").locator(".reaction").first).to_contain_text("2")
    chip.click()
    expect(bob.message("a good idea").locator(".reaction").first).to_contain_text("1")


def test_any_emoji_can_be_searched_for(alice: Visitor) -> None:
    alice.come_in("Alice", "searching-emoji")
    alice.say("lift off")
    alice.sees("lift off")
    alice.tool("lift off", "Choose a reaction")
    search = alice.page.get_by_label("Search emoji")
    search.fill("rocket")
    expect(alice.page.locator(".emoji-grid .emoji").first).to_have_text("🚀")
    search.press("Enter")
    expect(alice.message("lift off").locator(".reaction").first).to_contain_text("🚀")


def test_an_answer_shows_what_it_answers(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "answering")
    bob.come_in("Bob", "answering")
    alice.say("Who brings cake?")
    bob.sees("Who brings cake?")
    bob.tool("Who brings cake?", "Reply")
    expect(bob.composer).to_be_focused()
    bob.say("I do")
    quote = alice.message("I do").locator(".quote")
    expect(quote).to_contain_text("Alice")
    expect(quote).to_contain_text("Who brings cake?")


def test_who_types_is_shown_without_moving_anything(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "typing")
    bob.come_in("Bob", "typing")
    place = alice.composer.bounding_box()
    bob.composer.press_sequentially("I am thi")
    expect(alice.page.get_by_text("Bob is typing")).to_be_visible()
    assert alice.composer.bounding_box() == place
    bob.say("I am thinking")
    expect(alice.page.get_by_text("Bob is typing")).to_have_count(0)


def test_older_messages_come_while_the_place_is_kept(alice: Visitor) -> None:
    alice.come_in("Alice", "history")
    # Tall ones, so that one page is more than the room loads ahead of its reader.
    for number in range(130):
        assert (
            alice.ask("POST", "/api/rooms/history/messages", {"text": f"message {number}.\n\n{TALL}"})[0]
            == 201
        )
    alice.page.reload()
    alice.sees("message 129.")
    scroller = alice.page.locator(".log-scroll")
    # Stands still for a moment, so that what is measured is the page that comes in, not our own scrolling.
    scroller.evaluate("(element) => { element.scrollTop = 400; }")
    top = alice.page.evaluate(
        """() => {
            const edge = document.querySelector(".log-scroll").getBoundingClientRect().top;
            const items = [...document.querySelectorAll("message-item")];
            window.read = items.find((item) => item.getBoundingClientRect().bottom > edge);
            return window.read.getBoundingClientRect().top;
        }"""
    )
    expect(alice.messages).to_have_count(100)
    assert abs(alice.page.evaluate("window.read.getBoundingClientRect().top") - top) < 2
    scroller.evaluate("(element) => { element.scrollTop = 0; }")
    expect(alice.messages).to_have_count(130)
    expect(alice.page.locator(".log-start")).to_have_count(1)


def test_new_messages_do_not_move_somebody_who_reads_above(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "reading-above")
    for number in range(40):
        alice.ask("POST", "/api/rooms/reading-above/messages", {"text": f"message {number}."})
    bob.come_in("Bob", "reading-above")
    bob.sees("message 39.")
    bob.page.locator(".log-scroll").evaluate("(element) => { element.scrollTop = 300; }")
    expect(bob.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    alice.say("news")
    bob.page.get_by_role("button", name="1 new message").click()
    expect(bob.message("news")).to_be_in_viewport()
    expect(bob.page.locator(".jump")).to_have_count(0)


def test_a_busy_room_does_not_grow_without_end_under_its_reader(alice: Visitor) -> None:
    alice.come_in("Alice", "busy")
    alice.say("first of many")
    alice.sees("first of many")
    alice.page.evaluate(
        """() => {
            const { store } = document.querySelector("chat-app").chat;
            const [first] = store.room("busy").list();
            for (let seq = 2; seq <= 310; seq += 1) {
                const more = { id: first.id + seq, seq, client_id: null, html: "", text: `number ${seq}.` };
                store.applyMessage({ type: "message", room: "busy", message: { ...first, ...more } });
            }
        }"""
    )
    expect(alice.message("number 310.")).to_be_in_viewport()
    expect(alice.messages).to_have_count(200)


def test_the_title_counts_what_was_said_elsewhere(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "elsewhere")
    bob.come_in("Bob", "elsewhere")
    bob.page.get_by_role("link", name="Chat", exact=True).click()
    expect(bob.page).to_have_title("Rooms · Chat")
    alice.say("psst")
    expect(bob.page).to_have_title("(1) Rooms · Chat")
    bob.page.get_by_role("navigation", name="Rooms").get_by_role("link", name="elsewhere").click()
    bob.sees("psst")
    expect(bob.page.locator(".unread-line")).to_be_visible()
    expect(bob.page).to_have_title("elsewhere · Chat")


def test_a_room_that_does_not_exist_says_so(visitor: Make) -> None:
    dora = visitor()
    dora.open("admin")
    expect(dora.page.get_by_role("heading", name="There is no such room")).to_be_visible()


def test_the_theme_holds_over_a_reload_and_is_there_before_the_first_paint(alice: Visitor) -> None:
    alice.come_in("Alice", "theme")
    alice.page.locator(".account-trigger").click()
    alice.page.get_by_text("Dark", exact=True).click()
    dark = alice.page.evaluate("getComputedStyle(document.body).backgroundColor")
    alice.page.reload(wait_until="commit")
    alice.page.wait_for_selector("body")
    assert alice.page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(alice.composer).to_be_visible()
    assert alice.page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_draft_survives_a_reload(alice: Visitor) -> None:
    alice.come_in("Alice", "drafts")
    alice.composer.press_sequentially("half a thou")
    alice.page.wait_for_function(
        "() => Object.keys(localStorage).some((key) => key.startsWith('chat.draft.'))"
    )
    alice.page.reload()
    expect(alice.composer).to_have_value("half a thou")


def test_a_room_is_the_width_of_a_phone(visitor: Make) -> None:
    carol = visitor(size={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    carol.come_in("Carol", "phone")
    carol.composer.fill("x" * 300)
    carol.page.get_by_role("button", name="Send").click()
    carol.sees("x" * 300)
    assert carol.page.evaluate("document.documentElement.scrollWidth") == 360
    carol.page.get_by_role("button", name="Open the list of rooms").click()
    expect(carol.page.get_by_role("navigation", name="Rooms")).to_be_in_viewport()
    carol.page.get_by_role("link", name=re.compile("Lobby")).first.click()
    expect(carol.page.get_by_role("heading", name="Lobby").first).to_be_visible()
