"""A room opened by the address of what stands beside it, over a connection that comes late or comes back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import APIResponse, Route, expect

from tests.browser.rooms.people import Make, account, enter, my_id, pane, post, room_of
from tests.browser.test_connection import CABLE, cut, mend
from tests.browser.visitor import Visitor

# As after the restore of a backup: what the page holds is of another history than the server's.
LOSE_HISTORY = "document.querySelector('chat-app').chat.store.epoch = 'of another history'"
HAS_BEGUN_ANEW = """(slug) => {
    const { connection, store } = document.querySelector("chat-app").chat;
    const { loaded, early } = store.room(slug);
    return connection.isOpen && store.epoch !== "of another history" && loaded && early === null;
}"""
HAS_REPLIES = "([slug, root]) => document.querySelector('chat-app').chat.store.room(slug).thread(root).loaded"
# No picture is drawn until it is told to.
STOP_DRAWING = """() => {
    window.draw = requestAnimationFrame;
    window.late = [];
    window.requestAnimationFrame = (task) => window.late.push(task);
}"""
DRAW = "() => { window.requestAnimationFrame = window.draw; for (const task of window.late) task(); }"
# A page that does not draw is not looked at picture by picture.
LOOK_EVERY_MS = 20


def open_without_a_connection(person: Visitor, slug: str, query: str) -> None:
    """Open an address while the socket cannot be had; what is asked for over HTTP comes at once."""
    person.context.add_init_script(f"{CABLE}; window.cut = true;")
    person.page.goto(f"{person.url}/chat/{slug}/?{query}")
    # What does not wait for the socket was asked for before the second try for one.
    person.page.wait_for_function("() => window.sockets.length > 1")


def begin_anew(person: Visitor, slug: str) -> None:
    """Come back to another history, so that nothing that was held counts."""
    cut(person)
    person.page.evaluate(LOSE_HISTORY)
    mend(person)
    person.page.wait_for_function(HAS_BEGUN_ANEW, arg=slug, polling=LOOK_EVERY_MS)


@contextmanager
def answers_that_come_late(
    person: Visitor, address: re.Pattern[str]
) -> Iterator[list[tuple[Route, APIResponse]]]:
    """What is asked for meanwhile is read at once, and arrives only at the end."""
    held: list[tuple[Route, APIResponse]] = []
    person.page.route(address, lambda route: held.append((route, route.fetch())))
    yield held
    for route, answer in held:
        route.fulfill(response=answer)
    person.page.unroute(address)
    person.page.route(address, lambda route: route.continue_())


def test_a_thread_by_its_address_has_the_reply_that_came_before_the_connection(visitor: Make) -> None:
    alice, bob = account(visitor, "address-early-alice"), account(visitor, "address-early-bob")
    slug = room_of(alice, "Early", bob)
    root = post(bob, slug, "a root")
    post(bob, slug, "a first reply", thread=root)
    with answers_that_come_late(alice, re.compile(r"/messages\?.*thread=")):
        open_without_a_connection(alice, slug, f"thread={root}")
        post(bob, slug, "a second reply", thread=root)
        mend(alice)
        expect(alice.page.locator("room-view message-item")).to_have_count(1)
    expect(pane(alice, "Thread")).to_contain_text("a second reply")


def test_a_thread_that_arrives_as_the_room_begins_anew_is_asked_for_again(visitor: Make) -> None:
    alice = account(visitor, "address-anew-alice")
    slug = room_of(alice, "Anew")
    root = post(alice, slug, "a root")
    post(alice, slug, "a reply", thread=root)
    alice.context.add_init_script(CABLE)
    enter(alice, slug)
    with answers_that_come_late(alice, re.compile(r"/messages\?.*thread=")) as held:
        alice.tool("a root", "Thread")
        expect(pane(alice, "Thread")).to_be_visible()
        while not held:
            alice.page.wait_for_timeout(LOOK_EVERY_MS)
        # Both happen between two pictures.
        alice.page.evaluate(STOP_DRAWING)
    alice.page.wait_for_function(HAS_REPLIES, arg=[slug, root], polling=LOOK_EVERY_MS)
    begin_anew(alice, slug)
    alice.page.evaluate(DRAW)
    expect(pane(alice, "Thread")).to_contain_text("a reply")


def test_a_message_by_its_address_is_as_it_was_left_before_the_connection(visitor: Make) -> None:
    alice, bob = account(visitor, "address-left-alice"), account(visitor, "address-left-bob")
    slug = room_of(alice, "Left", bob)
    first = post(bob, slug, "as it was written")
    for number in range(80):
        post(bob, slug, f"after it, {number}")
    open_without_a_connection(alice, slug, f"message={first}")
    status, _ = bob.ask("PATCH", f"/api/messages/{first}", {"text": "as it was left"})
    assert status == 200
    mend(alice)
    expect(alice.message("as it was left")).to_be_in_viewport()
    expect(alice.message("as it was written")).to_have_count(0)


def test_members_by_their_address_have_who_came_before_the_connection(visitor: Make) -> None:
    alice, bob = account(visitor, "address-come-alice"), account(visitor, "address-come-bob")
    slug = room_of(alice, "Come")
    newcomer = my_id(bob)
    open_without_a_connection(alice, slug, "show=members")
    assert alice.ask("POST", f"/api/rooms/{slug}/members", {"user_id": newcomer})[0] in (200, 201)
    mend(alice)
    expect(pane(alice, "Members")).to_contain_text("address-come-bob")


def test_who_came_while_we_were_away_is_among_the_members(visitor: Make) -> None:
    alice, bob = account(visitor, "address-away-alice"), account(visitor, "address-away-bob")
    slug = room_of(alice, "Away")
    alice.context.add_init_script(CABLE)
    alice.page.goto(f"{alice.url}/chat/{slug}/?show=members")
    expect(pane(alice, "Members")).to_contain_text("address-away-alice")
    cut(alice)
    newcomer = my_id(bob)
    assert alice.ask("POST", f"/api/rooms/{slug}/members", {"user_id": newcomer})[0] in (200, 201)
    mend(alice)
    expect(pane(alice, "Members")).to_contain_text("address-away-bob")


def test_pins_are_there_again_after_the_room_began_anew(visitor: Make) -> None:
    alice = account(visitor, "address-pins-alice")
    slug = room_of(alice, "Pins again")
    pinned = post(alice, slug, "keep this")
    assert alice.ask("PUT", f"/api/messages/{pinned}/pin")[0] == 200
    alice.context.add_init_script(CABLE)
    alice.page.goto(f"{alice.url}/chat/{slug}/?show=pins")
    expect(pane(alice, "Pinned messages")).to_contain_text("keep this")
    begin_anew(alice, slug)
    expect(pane(alice, "Pinned messages")).to_contain_text("keep this")
