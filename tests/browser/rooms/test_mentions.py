"""Calling people by "@": the list of whom one may call, and what being called looks like."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.rooms.people import Make, account, enter, room_of
from tests.browser.visitor import Visitor


def people(person: Visitor) -> Locator:
    return person.page.get_by_role("listbox", name="People to mention")


def active(person: Visitor) -> Locator:
    """The option that the field says is active."""
    chosen = person.composer.get_attribute("aria-activedescendant")
    return person.page.locator(f"#{chosen}")


def rename(person: Visitor, name: str) -> None:
    assert person.ask("PATCH", "/api/me", {"name": name})[0] == 200


def test_members_are_offered_without_regard_to_accents_and_called_by_their_word(visitor: Make) -> None:
    alice, bob = account(visitor, "call-alice"), account(visitor, "call-bob")
    rename(bob, "Zoé Müller")
    slug = room_of(alice, "Calling", bob)
    enter(alice, slug)
    alice.composer.press_sequentially("hello @mull")
    expect(people(alice).get_by_role("option")).to_have_text([re.compile("Zoé Müller")])
    alice.composer.press("Enter")
    expect(alice.composer).to_have_value("hello @call-bob ")
    expect(people(alice)).to_be_hidden()
    alice.composer.press("Enter")
    alice.sees("hello @call-bob")
    expect(alice.message("hello").locator(".mention")).to_have_text("@call-bob")
    bob.open(slug)
    expect(bob.message("hello")).to_have_class(re.compile("called"))
    expect(alice.message("hello")).not_to_have_class(re.compile("called"))


def test_the_list_is_walked_by_keyboard_and_escape_closes_it_alone(visitor: Make) -> None:
    alice = account(visitor, "walk-alice")
    others = [account(visitor, f"walk-{name}") for name in ("berta", "bruno")]
    slug = room_of(alice, "Walking", *others)
    enter(alice, slug)
    alice.composer.press_sequentially("@walk-b")
    expect(people(alice).get_by_role("option")).to_have_count(2)
    expect(people(alice).get_by_role("option", selected=True)).to_contain_text("walk-berta")
    alice.composer.press("ArrowDown")
    expect(people(alice).get_by_role("option", selected=True)).to_contain_text("walk-bruno")
    expect(active(alice)).to_contain_text("walk-bruno")
    alice.composer.press("ArrowDown")
    expect(people(alice).get_by_role("option", selected=True)).to_contain_text("walk-berta")
    alice.composer.press("Escape")
    expect(people(alice)).to_be_hidden()
    expect(alice.composer).to_have_value("@walk-b")
    expect(alice.composer).to_be_focused()
    alice.composer.press_sequentially("r")
    expect(people(alice).get_by_role("option")).to_have_count(1)
    alice.composer.press("Tab")
    expect(alice.composer).to_have_value("@walk-bruno ")


def test_everybody_is_offered_with_their_number_to_those_who_may_call_them(visitor: Make) -> None:
    alice, bob = account(visitor, "all-alice"), account(visitor, "all-bob")
    slug = room_of(alice, "Everybody", bob)
    enter(alice, slug)
    alice.composer.press_sequentially("@roo")
    everybody = people(alice).get_by_role("option").filter(has_text="Everybody here")
    expect(everybody).to_contain_text("2 members")
    everybody.click()
    expect(alice.composer).to_have_value("@room ")
    enter(bob, slug)
    bob.composer.press_sequentially("@")
    expect(people(bob).get_by_role("option")).to_have_text([re.compile("all-alice")])
