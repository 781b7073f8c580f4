"""Pinned messages: a list beside the room, and the way from there to their place, however far back."""

from playwright.sync_api import expect

from tests.browser.rooms.people import Make, account, do, enter, pane, post, room_of


def test_what_a_moderator_pins_is_listed_for_everybody(visitor: Make) -> None:
    alice, bob = account(visitor, "pin-alice"), account(visitor, "pin-bob")
    slug = room_of(alice, "Pins", bob)
    post(alice, slug, "the door code is 4711")
    enter(alice, slug)
    enter(bob, slug)
    do(alice, "the door code", "Pin")
    pins = bob.page.get_by_role("button", name="1 pinned message")
    pins.click()
    expect(pane(bob, "Pinned messages")).to_contain_text("the door code is 4711")
    expect(bob.message("the door code").locator(".message-pinned")).to_be_visible()
    # An ordinary member does not pin.
    bob.tool("the door code", "More actions")
    expect(bob.page.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(bob.page.get_by_role("menuitem", name="pin")).to_have_count(0)
    bob.page.keyboard.press("Escape")
    do(alice, "the door code", "Unpin")
    expect(pane(bob, "Pinned messages")).to_contain_text("Nothing is pinned here.")
    expect(pins).to_have_count(0)


def test_a_pinned_message_far_back_is_shown_in_its_place_and_one_comes_back(visitor: Make) -> None:
    alice = account(visitor, "far-alice")
    slug = room_of(alice, "Far back")
    ids = [post(alice, slug, f"message {number}.\n\nand\n\nmore\n\nlines") for number in range(160)]
    assert alice.ask("PUT", f"/api/messages/{ids[10]}/pin")[0] == 200
    enter(alice, slug)
    alice.sees("message 159.")
    alice.page.get_by_role("button", name="1 pinned message").click()
    pane(alice, "Pinned messages").get_by_role("button", name="message 10.").click()
    expect(alice.message("message 10.")).to_be_in_viewport()
    expect(alice.message("message 10.")).to_be_focused()
    expect(alice.message("message 159.")).to_have_count(0)
    # What is written meanwhile does not move the reader.
    post(alice, slug, "news")
    expect(alice.message("message 10.")).to_be_in_viewport()
    alice.page.get_by_role("button", name="Back to latest").click()
    expect(alice.message("news")).to_be_in_viewport()


def test_reading_on_from_a_place_far_back_reaches_the_newest(visitor: Make) -> None:
    alice = account(visitor, "on-alice")
    slug = room_of(alice, "Reading on")
    ids = [post(alice, slug, f"message {number}.\n\nand\n\nmore\n\nlines") for number in range(160)]
    alice.page.goto(f"{alice.url}/chat/{slug}/?message={ids[40]}")
    expect(alice.message("message 40.")).to_be_in_viewport()
    expect(alice.message("message 40.")).to_have_attribute("data-found", "")
    scroller = alice.page.locator(".log-scroll")
    # Again and again to the end of what is there, as somebody who reads on.
    for number in (64, 114, 159):
        expect(alice.message(f"message {number}.")).to_have_count(1)
        scroller.evaluate("(element) => { element.scrollTop = element.scrollHeight; }")
    expect(alice.message("message 159.")).to_be_in_viewport()
    expect(alice.message("message 40.")).to_have_count(1)
    expect(alice.page.locator(".jump")).to_have_count(0)
