"""What is unread is the server's count: it shows at once, on every device, and goes only by looking."""

import re

from playwright.sync_api import expect

from tests.browser.rooms.people import (
    Make,
    account,
    badge,
    do,
    enter,
    link,
    member,
    post,
    read_position,
    room_of,
)
from tests.browser.visitor import Visitor

LOOK_AWAY = """() => { document.hasFocus = () => false; window.dispatchEvent(new Event("blur")); }"""
LOOK_HERE = """() => { document.hasFocus = () => true; window.dispatchEvent(new Event("focus")); }"""


def second_device(visitor: Make, person: Visitor) -> Visitor:
    """The same person with another browser."""
    other = visitor(storage_state=person.context.storage_state())
    other.page.goto(person.url)
    return other


def is_read(person: Visitor, name: str) -> None:
    expect(link(person, name)).not_to_have_class(re.compile("unread"))


def test_what_is_said_elsewhere_shows_in_the_list_and_a_call_as_a_number(visitor: Make) -> None:
    alice, bob = account(visitor, "badge-alice"), member(visitor, "badge-bob")
    slug = room_of(alice, "Badges", bob)
    expect(link(bob, "Badges")).to_be_visible()
    post(alice, slug, "nothing special")
    expect(link(bob, "Badges")).to_have_class(re.compile("unread"))
    expect(badge(bob, "Badges")).to_have_count(0)
    expect(bob.page).to_have_title("(1) Lobby · Chat")
    expect(bob.page.locator("link[rel=icon]")).to_have_attribute("href", "/static/img/icon-unread.svg")
    for _ in range(2):
        post(alice, slug, "@badge-bob look")
    expect(badge(bob, "Badges")).to_contain_text("2")
    expect(bob.page).to_have_title("(2) Lobby · Chat")
    expect(bob.page.locator("link[rel=icon]")).to_have_attribute("href", "/static/img/icon-called.svg")


def test_what_is_read_on_one_device_is_read_on_the_other(visitor: Make) -> None:
    alice, bob = account(visitor, "device-alice"), member(visitor, "device-bob")
    slug = room_of(alice, "Devices", bob)
    phone = second_device(visitor, bob)
    post(alice, slug, "@device-bob hello")
    for screen in (bob, phone):
        expect(badge(screen, "Devices")).to_contain_text("1")
    link(phone, "Devices").click()
    phone.sees("hello")
    expect(badge(bob, "Devices")).to_have_count(0)
    expect(bob.page).to_have_title("Lobby · Chat")


def test_the_line_stands_above_the_first_unread_message_and_stays_for_the_visit(visitor: Make) -> None:
    alice, bob = account(visitor, "line-alice"), account(visitor, "line-bob")
    slug = room_of(alice, "Lines", bob)
    enter(bob, slug)
    post(alice, slug, "read already")
    bob.sees("read already")
    is_read(bob, "Lines")
    link(bob, "Lobby").click()
    expect(bob.page.get_by_role("heading", name="Lobby", level=1)).to_be_visible()
    for text in ("first of the new", "second of the new"):
        post(alice, slug, text)
    link(bob, "Lines").click()
    bob.sees("second of the new")
    line = bob.page.locator(".unread-line + message-item")
    expect(line).to_contain_text("first of the new")
    # It is read by now, and something new comes: the line does not move.
    is_read(bob, "Lines")
    post(alice, slug, "while he looks")
    bob.sees("while he looks")
    expect(line).to_contain_text("first of the new")
    is_read(bob, "Lines")
    link(bob, "Lobby").click()
    expect(bob.page.get_by_role("heading", name="Lobby", level=1)).to_be_visible()
    link(bob, "Lines").click()
    bob.sees("while he looks")
    expect(bob.page.locator(".unread-line")).to_have_count(0)


def test_nothing_is_read_while_nobody_looks(visitor: Make) -> None:
    alice, bob = account(visitor, "away-alice"), account(visitor, "away-bob")
    slug = room_of(alice, "Away", bob)
    enter(bob, slug)
    bob.page.evaluate(LOOK_AWAY)
    post(alice, slug, "is anybody there")
    bob.sees("is anybody there")
    # Longer than it takes to read it.
    bob.page.wait_for_timeout(2_500)
    assert read_position(bob, slug)["unread"] == 1
    expect(bob.page).to_have_title("(1) Away · Chat")
    expect(bob.page.locator(".unread-line")).to_be_visible()
    bob.page.evaluate(LOOK_HERE)
    expect(bob.page).to_have_title("Away · Chat")
    other = second_device(visitor, bob)
    expect(other.page).to_have_title("Rooms · Chat")


def test_what_lies_below_the_screen_is_not_read(visitor: Make) -> None:
    alice, bob = account(visitor, "below-alice"), account(visitor, "below-bob")
    slug = room_of(alice, "Below", bob)
    ids = [post(alice, slug, f"message {number}.\n\none\n\ntwo\n\nthree") for number in range(20)]
    enter(bob, slug)
    expect(bob.page.locator(".unread-line + message-item")).to_contain_text("message 0.")
    expect(bob.message("message 0.")).to_be_in_viewport()
    bob.page.wait_for_function(
        "(slug) => document.querySelector('chat-app').chat.store.room(slug).unread < 20", arg=slug
    )
    here = read_position(bob, slug)
    assert ids[0] <= here["read_id"] < ids[-1]
    assert here["unread"] > 0
    bob.page.get_by_role("button", name="new message").click()
    expect(bob.page).to_have_title("Below · Chat")


def test_a_room_is_unread_again_from_a_message_on_until_one_comes_back(visitor: Make) -> None:
    alice, bob = account(visitor, "again-alice"), account(visitor, "again-bob")
    slug = room_of(alice, "Again", bob)
    enter(bob, slug)
    for text in ("one.", "two.", "three."):
        post(alice, slug, text)
    bob.sees("three.")
    expect(bob.page).to_have_title("Again · Chat")
    do(bob, "two.", "Mark unread from here")
    expect(bob.page).to_have_title("(2) Again · Chat")
    expect(bob.page.locator(".unread-line + message-item")).to_contain_text("two.")
    bob.page.wait_for_timeout(2_000)
    assert read_position(bob, slug)["unread"] == 2
    bob.composer.press("Escape")
    expect(bob.page).to_have_title("Again · Chat")
    expect(bob.page.locator(".unread-line")).to_have_count(0)


def test_a_room_that_one_is_put_into_appears_and_its_new_name_too(visitor: Make) -> None:
    alice, bob = account(visitor, "appears-alice"), member(visitor, "appears-bob")
    slug = room_of(alice, "Appears", bob)
    expect(link(bob, "Appears")).to_be_visible()
    assert alice.ask("PATCH", f"/api/rooms/{slug}", {"name": "Renamed meanwhile"})[0] == 200
    expect(link(bob, "Renamed meanwhile")).to_be_visible()
