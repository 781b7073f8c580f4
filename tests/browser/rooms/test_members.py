"""Who is in a room: listed with roles and presence, added, made moderators, removed, banned."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.rooms.people import Make, account, enter, link, member, pane, post, room_of
from tests.browser.visitor import Visitor


def open_members(person: Visitor) -> Locator:
    person.page.get_by_role("button", name=re.compile(r"\d members?")).click()
    return pane(person, "Members")


def row(members: Locator, name: str) -> Locator:
    return members.get_by_role("list", name="Members").get_by_role("listitem").filter(has_text=name)


def choose(person: Visitor, members: Locator, name: str, action: str) -> None:
    row(members, name).get_by_role("button", name=f"What to do with {name}").click()
    person.page.get_by_role("menuitem", name=action).click()


def confirm(person: Visitor, word: str) -> None:
    person.page.get_by_role("dialog").get_by_role("button", name=word, exact=True).click()


def test_members_are_added_given_a_role_and_removed(visitor: Make) -> None:
    alice, bob = account(visitor, "people-alice"), member(visitor, "people-bob")
    slug = room_of(alice, "People")
    enter(alice, slug)
    members = open_members(alice)
    expect(row(members, "people-alice")).to_contain_text("Owner")
    members.get_by_label("Add people by name").fill("people-b")
    members.get_by_role("button", name="Add people-bob").click()
    expect(row(members, "people-bob")).to_have_count(1)
    expect(alice.message("people-alice added people-bob")).to_have_count(1)
    link(bob, "People").click()
    expect(bob.composer).to_be_visible()
    choose(alice, members, "people-bob", "Make moderator")
    expect(row(members, "people-bob")).to_contain_text("Moderator")
    expect(bob.message("people-alice made people-bob a moderator")).to_have_count(1)
    # With the role come its rights, without a reload.
    bob.page.get_by_role("button", name="Room settings").click()
    expect(bob.page.get_by_role("dialog").get_by_label("Name")).to_be_visible()
    choose(alice, members, "people-bob", "Remove from the room")
    confirm(alice, "Remove")
    expect(row(members, "people-bob")).to_have_count(0)
    expect(bob.page.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    expect(bob.page.get_by_text("You were removed from this room.")).to_be_visible()
    expect(link(bob, "People")).to_have_count(0)


def test_who_is_removed_from_a_room_they_do_not_look_at_is_told_and_loses_it(visitor: Make) -> None:
    alice, bob = account(visitor, "gone-alice"), member(visitor, "gone-bob")
    slug = room_of(alice, "Gone soon", bob)
    enter(alice, slug)
    expect(link(bob, "Gone soon")).to_be_visible()
    members = open_members(alice)
    choose(alice, members, "gone-bob", "Remove from the room")
    confirm(alice, "Remove")
    expect(link(bob, "Gone soon")).to_have_count(0)
    expect(bob.page.get_by_text("Gone soon: You were removed from this room.")).to_be_visible()


def test_a_ban_asks_first_and_is_lifted_again(visitor: Make) -> None:
    alice, bob = account(visitor, "ban-alice"), account(visitor, "ban-bob")
    slug = room_of(alice, "Bans", bob, kind="open")
    enter(alice, slug)
    enter(bob, slug)
    members = open_members(alice)
    choose(alice, members, "ban-bob", "Ban from the room")
    confirm(alice, "Cancel")
    expect(row(members, "ban-bob")).to_have_count(1)
    choose(alice, members, "ban-bob", "Ban from the room")
    confirm(alice, "Ban")
    expect(alice.message("ban-alice banned ban-bob")).to_have_count(1)
    expect(bob.page.get_by_text("You were banned from this room.")).to_be_visible()
    bob.page.reload()
    expect(bob.page.get_by_role("heading", name="There is no such room")).to_be_visible()
    members.get_by_role("button", name="Let in again").click()
    expect(members.get_by_role("list", name="Banned")).to_have_count(0)
    bob.page.reload()
    expect(bob.page.locator(".room-header").get_by_role("button", name="Join")).to_be_visible()


def test_a_guest_is_banned_at_a_message(visitor: Make) -> None:
    alice, gus = account(visitor, "guests-alice"), visitor()
    slug = room_of(alice, "Open door", kind="public", slug="open-door")
    enter(alice, slug)
    gus.come_in("Gus", slug)
    gus.say("spam")
    alice.sees("spam")
    alice.tool("spam", "More actions")
    alice.page.get_by_role("menuitem", name="Ban Gus").click()
    confirm(alice, "Ban")
    expect(gus.page.get_by_text("You were banned from this room.")).to_be_visible()


def test_who_is_there_is_seen_in_the_list_and_counted_in_the_head(visitor: Make) -> None:
    alice, bob = account(visitor, "here-alice"), member(visitor, "here-bob")
    slug = room_of(alice, "Presence", bob)
    enter(alice, slug)
    members = open_members(alice)
    expect(row(members, "here-bob").locator(".presence.online")).to_be_visible()
    expect(alice.page.locator(".header-online")).to_have_text("2")
    bob.page.evaluate("document.querySelector('chat-app').chat.presence.tell('idle')")
    expect(row(members, "here-bob").locator(".presence.idle")).to_be_visible()
    bob.page.goto("about:blank")
    expect(row(members, "here-bob")).to_contain_text("offline")
    expect(alice.page.locator(".header-online")).to_have_text("1")


def test_somebody_without_a_hand_on_the_keys_is_idle_until_they_come_back(visitor: Make) -> None:
    alice, bob = account(visitor, "idle-alice"), visitor()
    bob.page.clock.install()
    bob.sign_up("idle-bob")
    slug = room_of(alice, "Idle", bob)
    enter(alice, slug)
    members = open_members(alice)
    expect(row(members, "idle-bob").locator(".presence.online")).to_be_visible()
    # Five minutes at once, as after a sleep. Played through tick by tick, no answer of the server's would ever be in
    # time, and the page would believe that the connection is lost.
    bob.page.clock.fast_forward(5 * 60_000 + 1_000)
    expect(row(members, "idle-bob").locator(".presence.idle")).to_be_visible()
    bob.page.keyboard.press("Shift")
    expect(row(members, "idle-bob").locator(".presence.online")).to_be_visible()


def test_another_name_shows_everywhere_at_once(visitor: Make) -> None:
    alice, bob = account(visitor, "name-alice"), account(visitor, "name-bob")
    slug = room_of(alice, "Names", bob)
    post(bob, slug, "it is me")
    enter(alice, slug)
    members = open_members(alice)
    enter(bob, slug)
    bob.page.locator("button.account-trigger").click()
    bob.page.get_by_role("button", name="Profile and notifications").click()
    dialog = bob.page.get_by_role("dialog", name="Your profile")
    dialog.get_by_label("Name", exact=True).fill("Robert")
    dialog.get_by_label("Do not show others when I am online").check()
    dialog.get_by_role("button", name="Save").click()
    expect(bob.page.locator("account-menu")).to_contain_text("Robert")
    expect(alice.message("it is me").locator(".message-author")).to_have_text("Robert")
    expect(row(members, "Robert")).to_contain_text("offline")


def test_a_link_lets_somebody_in(visitor: Make) -> None:
    alice, bob = account(visitor, "link-alice"), account(visitor, "link-bob")
    slug = room_of(alice, "By link")
    enter(alice, slug)
    members = open_members(alice)
    members.get_by_role("button", name="Invite by link").click()
    url = members.get_by_label("Whoever follows this link is in").input_value()
    assert url.startswith(f"{alice.url}/accounts/invite/")
    bob.page.goto(url)
    bob.page.locator("main button[type=submit]").click()
    expect(row(members, "link-bob")).to_have_count(1)
