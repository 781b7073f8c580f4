"""Threads: beside the room, counted at their root, with their own place to write; never among the room's messages."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.rooms.people import Make, account, badge, link, member, pane, post, room_of
from tests.browser.test_connection import CABLE, cut, mend
from tests.browser.visitor import PHONE, Visitor


def open_thread(person: Visitor, text: str) -> Locator:
    person.tool(text, "Thread")
    thread = pane(person, "Thread")
    expect(thread.get_by_label("Reply in this thread")).to_be_focused()
    return thread


def reply(person: Visitor, text: str) -> None:
    field = pane(person, "Thread").get_by_label("Reply in this thread")
    field.fill(text)
    field.press("Enter")


def in_room(person: Visitor, text: str) -> Locator:
    return person.page.locator("room-view message-item").filter(has_text=text)


def in_thread(person: Visitor, text: str) -> Locator:
    return person.page.locator("side-pane message-item").filter(has_text=text)


def test_a_reply_is_counted_at_its_root_for_everybody_at_once(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.come_in("Alice", "threads")
    bob.come_in("Bob", "threads")
    alice.say("Where shall we eat?")
    bob.sees("Where shall we eat?")
    open_thread(bob, "Where shall we eat?")
    reply(bob, "at the harbour")
    expect(in_thread(bob, "at the harbour")).to_have_count(1)
    line = in_room(alice, "Where shall we eat?").locator(".thread-line")
    expect(line).to_contain_text("1 reply")
    expect(line).to_contain_text("just now")
    expect(in_room(alice, "at the harbour")).to_have_count(0)
    expect(in_room(bob, "at the harbour")).to_have_count(0)
    line.click()
    expect(in_thread(alice, "at the harbour")).to_have_count(1)
    reply(alice, "with a boat")
    expect(in_thread(bob, "with a boat")).to_have_count(1)
    expect(in_room(bob, "Where shall we eat?").locator(".thread-line")).to_contain_text("2 replies")


def test_a_deleted_reply_leaves_its_mark_in_the_thread_alone(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.come_in("Alice", "thread-deleting")
    bob.come_in("Bob", "thread-deleting")
    alice.say("the root")
    bob.sees("the root")
    open_thread(bob, "the root")
    reply(bob, "a slip")
    in_room(alice, "the root").locator(".thread-line").click()
    expect(in_thread(alice, "a slip")).to_have_count(1)
    in_thread(bob, "a slip").hover()
    in_thread(bob, "a slip").get_by_role("button", name="Delete", exact=True).click()
    bob.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for person in (alice, bob):
        expect(in_thread(person, "Message deleted")).to_have_count(1)
        expect(in_room(person, "Message deleted")).to_have_count(0)
        expect(in_room(person, "the root").locator(".thread-line")).to_have_count(0)


def test_escape_closes_a_thread_and_gives_the_focus_back(visitor: Make) -> None:
    alice = visitor()
    alice.come_in("Alice", "thread-focus")
    alice.say("the root")
    alice.sees("the root")
    thread = open_thread(alice, "the root")
    alice.page.keyboard.press("Escape")
    expect(thread).to_have_count(0)
    expect(in_room(alice, "the root")).to_have_count(1)
    focused = "() => document.activeElement.closest('message-item, message-composer') !== null"
    alice.page.wait_for_function(focused)


def test_f6_walks_over_to_the_thread(visitor: Make) -> None:
    alice = visitor()
    alice.come_in("Alice", "thread-f6")
    alice.say("the root")
    alice.sees("the root")
    open_thread(alice, "the root")
    field = pane(alice, "Thread").get_by_label("Reply in this thread")
    alice.page.keyboard.press("Shift+F6")
    expect(alice.composer).to_be_focused()
    alice.page.keyboard.press("F6")
    expect(field).to_be_focused()


def test_what_is_written_in_a_thread_without_a_connection_waits_there(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.context.add_init_script(CABLE)
    alice.come_in("Alice", "thread-outbox")
    bob.come_in("Bob", "thread-outbox")
    alice.say("the root")
    bob.sees("the root")
    open_thread(alice, "the root")
    cut(alice)
    reply(alice, "written in the tunnel")
    expect(alice.page.locator("side-pane message-item.pending")).to_have_count(1)
    expect(in_room(alice, "written in the tunnel")).to_have_count(0)
    mend(alice)
    expect(alice.page.locator("side-pane message-item.pending")).to_have_count(0)
    in_room(bob, "the root").locator(".thread-line").click()
    expect(in_thread(bob, "written in the tunnel")).to_have_count(1)


def test_who_writes_in_a_thread_is_shown_there_alone(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.come_in("Alice", "thread-typing")
    bob.come_in("Bob", "thread-typing")
    alice.say("the root")
    bob.sees("the root")
    open_thread(alice, "the root")
    open_thread(bob, "the root")
    pane(bob, "Thread").get_by_label("Reply in this thread").press_sequentially("hm")
    expect(pane(alice, "Thread").get_by_text("Bob is typing")).to_be_visible()
    expect(alice.page.locator("room-view typing-line")).not_to_contain_text("Bob")


def test_older_replies_come_page_by_page(visitor: Make) -> None:
    alice = visitor()
    alice.come_in("Alice", "thread-pages")
    alice.say("the root")
    alice.sees("the root")
    root = int(alice.message("the root").get_attribute("data-id") or 0)
    for number in range(60):
        post(alice, "thread-pages", f"reply {number}.\n\n and\n\n more\n\n lines", thread=root)
    open_thread(alice, "the root")
    expect(in_thread(alice, "reply 59.")).to_be_in_viewport()
    alice.page.locator("side-pane .log-scroll").evaluate("(element) => { element.scrollTop = 0; }")
    expect(in_thread(alice, "reply 0.")).to_have_count(1)
    expect(alice.page.locator("side-pane message-item")).to_have_count(61)


def test_a_call_in_a_thread_is_read_in_the_thread(visitor: Make) -> None:
    alice, bob = account(visitor, "calls-alice"), member(visitor, "calls-bob")
    slug = room_of(alice, "Calls", bob)
    root = post(alice, slug, "the root")
    link(bob, "Calls").click()
    bob.sees("the root")
    post(alice, slug, "@calls-bob in here", thread=root)
    expect(badge(bob, "Calls")).to_contain_text("1")
    in_room(bob, "the root").locator(".thread-line").click()
    expect(in_thread(bob, "in here")).to_have_class(re.compile("called"))
    expect(badge(bob, "Calls")).to_have_count(0)


def test_on_a_phone_a_thread_covers_the_room_and_the_way_back_closes_it(visitor: Make) -> None:
    carol = visitor(size=PHONE, has_touch=True, is_mobile=True)
    carol.come_in("Carol", "thread-phone")
    carol.say("the root")
    carol.page.get_by_role("button", name="Send").click()
    carol.sees("the root")
    carol.message("the root").focus()
    carol.message("the root").get_by_role("button", name="Thread").click()
    thread = pane(carol, "Thread")
    expect(thread).to_be_in_viewport(ratio=1)
    assert carol.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    box = thread.bounding_box()
    assert box
    assert (box["width"], box["x"]) == (PHONE["width"], 0)
    carol.page.go_back()
    expect(thread).to_have_count(0)
    expect(carol.composer).to_be_visible()
