"""The settings of a room: what each role may change, and what the others see of it."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.rooms.people import Make, account, enter, link, post, room_of
from tests.browser.visitor import Visitor


def settings(person: Visitor) -> Locator:
    person.page.get_by_role("button", name="Room settings").click()
    dialog = person.page.get_by_role("dialog", name="Room settings")
    expect(dialog).to_be_visible()
    return dialog


def test_an_owner_renames_the_room_and_makes_it_private(visitor: Make) -> None:
    alice, bob = account(visitor, "set-alice"), account(visitor, "set-bob")
    slug = room_of(alice, "First name", bob, kind="open")
    enter(alice, slug)
    enter(bob, slug)
    dialog = settings(alice)
    dialog.get_by_label("Name", exact=True).fill("Second name")
    dialog.get_by_label("What is it about?").fill("this and that")
    dialog.get_by_label(re.compile("^Private")).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(bob.page.get_by_role("heading", name="Second name", level=1)).to_be_visible()
    expect(bob.page.locator(".room-topic")).to_have_text("this and that")
    for sentence in (
        "set-alice renamed the room from “First name” to “Second name”",
        "set-alice changed the topic to “this and that”",
        "set-alice made the room private",
    ):
        expect(bob.message(sentence)).to_have_count(1)
    # An ordinary member is offered what is theirs alone.
    dialog = settings(bob)
    expect(dialog.get_by_label("Tell me of")).to_be_visible()
    expect(dialog.get_by_label("Name", exact=True)).to_have_count(0)
    expect(dialog.get_by_role("button", name="Archive")).to_have_count(0)


def test_an_archived_room_is_opened_again(visitor: Make) -> None:
    alice = account(visitor, "reopen-alice")
    slug = room_of(alice, "Put away")
    enter(alice, slug)
    settings(alice).get_by_role("button", name="Archive").click()
    alice.page.get_by_role("dialog").get_by_role("button", name="Archive", exact=True).click()
    expect(alice.page.get_by_text("This room is archived.")).to_be_visible()
    settings(alice).get_by_role("button", name="Open again").click()
    alice.page.keyboard.press("Escape")
    expect(alice.composer).to_be_visible()
    expect(alice.message("reopen-alice opened the room again")).to_have_count(1)


def test_the_last_owner_is_told_why_they_cannot_leave(visitor: Make) -> None:
    alice, bob = account(visitor, "last-alice"), account(visitor, "last-bob")
    slug = room_of(alice, "Last owner", bob)
    enter(alice, slug)
    settings(alice).get_by_role("button", name="Leave this room").click()
    alice.page.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
    expect(alice.page.get_by_text("make somebody else an owner first")).to_be_visible()
    expect(alice.composer).to_be_visible()


def test_a_quiet_room_calls_nobody(visitor: Make) -> None:
    alice, bob = account(visitor, "quiet-alice"), account(visitor, "quiet-bob")
    slug = room_of(alice, "Quiet", bob)
    enter(bob, slug)
    with bob.page.expect_response(re.compile(f"/api/rooms/{slug}/me")):
        settings(bob).get_by_label("Tell me of").select_option("none")
    bob.page.keyboard.press("Escape")
    link(bob, "Lobby").click()
    expect(link(bob, "Quiet")).to_have_class(re.compile("quiet"))
    post(alice, slug, "nothing that matters")
    bob.page.wait_for_function(
        "(slug) => document.querySelector('chat-app').chat.store.room(slug).unread === 1", arg=slug
    )
    expect(bob.page).to_have_title("Lobby · Chat")
    expect(link(bob, "Quiet")).not_to_have_class(re.compile("unread"))
