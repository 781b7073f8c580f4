"""What stands beside a room, and its dialogs, have no serious fault that axe can find, in both themes and widths."""

import re

from playwright.sync_api import expect

from tests.browser.rooms.people import Make, account, enter, pane, post, room_of
from tests.browser.test_accessibility import faults, looks
from tests.browser.visitor import PHONE, Visitor


def crowded_room(alice: Visitor, bob: Visitor) -> str:
    """A room with a thread, a pin, a call and something unread, as bob sees it."""
    slug = room_of(alice, "Accessible", bob, topic="what everybody can use")
    root = post(alice, slug, f"@{bob.ask('GET', '/api/me')[1]['user']['username']} have a look")
    post(alice, slug, "a reply", thread=root)
    assert alice.ask("PUT", f"/api/messages/{root}/pin")[0] == 200
    enter(bob, slug)
    expect(bob.message("have a look")).to_be_visible()
    return slug


@looks
def test_a_room_with_all_that_it_can_have(visitor: Make, size: dict[str, int], scheme: str) -> None:
    name = f"axe-{size['width']}-{scheme}"
    alice = account(visitor, f"{name}-alice")
    bob = account(visitor, f"{name}-bob", size=size, color_scheme=scheme)
    slug = crowded_room(alice, bob)
    assert faults(bob.page) == []
    assert bob.page.evaluate("document.documentElement.scrollWidth") == size["width"]
    bob.composer.press_sequentially("@")
    expect(bob.page.get_by_role("listbox")).to_be_visible()
    assert faults(bob.page) == []
    bob.composer.press("Escape")
    bob.message("have a look").focus()
    bob.message("have a look").get_by_role("button", name="More actions").click()
    expect(bob.page.get_by_role("menu")).to_be_visible()
    assert faults(bob.page) == []
    bob.page.keyboard.press("Escape")
    bob.page.get_by_role("button", name="Room settings").click()
    assert faults(bob.page) == []
    bob.page.keyboard.press("Escape")
    assert bob.ask("GET", f"/api/rooms/{slug}")[0] == 200


@looks
def test_all_that_can_stand_beside_a_room(visitor: Make, size: dict[str, int], scheme: str) -> None:
    name = f"beside-{size['width']}-{scheme}"
    alice = account(visitor, f"{name}-alice", size=size, color_scheme=scheme)
    bob = account(visitor, f"{name}-bob")
    slug = room_of(alice, "Beside", bob)
    root = post(bob, slug, "a root")
    post(bob, slug, "a reply", thread=root)
    assert alice.ask("PUT", f"/api/messages/{root}/pin")[0] == 200
    for address, title in (
        (f"thread={root}", "Thread"),
        ("show=members", "Members"),
        ("show=pins", "Pinned"),
    ):
        alice.page.goto(f"{alice.url}/chat/{slug}/?{address}")
        beside = pane(alice, title)
        expect(beside).to_contain_text(re.compile(f"a reply|{name}-bob"))
        assert faults(alice.page) == []
        assert alice.page.evaluate("document.documentElement.scrollWidth") == size["width"]
        if size == PHONE:
            beside.get_by_role("button", name="Close").click()
            expect(alice.composer).to_be_visible()
