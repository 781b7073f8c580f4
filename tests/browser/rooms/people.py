"""People with accounts who meet in rooms: what the tests of rooms begin with."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor

Make = Callable[..., Visitor]


def member(visitor: Make, username: str, **options: Any) -> Visitor:
    """Somebody with an account of this name, in the lobby."""
    someone = visitor(**options)
    someone.sign_up(username)
    return someone


def account(visitor: Make, username: str, **options: Any) -> Visitor:
    """Somebody with an account of this name who has not opened the chat yet, and does so by the address of a room."""
    someone = visitor(**options)
    someone.make_account(username)
    return someone


def my_id(person: Visitor) -> int:
    return int(person.ask("GET", "/api/me")[1]["user"]["id"])


def room_of(owner: Visitor, name: str, *others: Visitor, kind: str = "private", **fields: Any) -> str:
    """The slug of a new room of `owner` and the others."""
    members = [my_id(other) for other in others]
    status, room = owner.ask("POST", "/api/rooms", {"name": name, "kind": kind, "members": members, **fields})
    assert status == 201, room
    return str(room["slug"])


def enter(person: Visitor, slug: str) -> None:
    """Open a room and be ready to write there."""
    person.open(slug)
    expect(person.composer).to_be_visible()


def post(person: Visitor, slug: str, text: str, **fields: Any) -> int:
    """Post over HTTP, without anything of it on the screen; the message's id."""
    status, answer = person.ask("POST", f"/api/rooms/{quote(slug)}/messages", {"text": text, **fields})
    assert status == 201, answer
    return int(answer["message_id"])


def link(person: Visitor, name: str) -> Locator:
    """A room in the list of rooms."""
    return person.page.get_by_role("navigation", name="Rooms").get_by_role("link", name=re.compile(name))


def badge(person: Visitor, name: str) -> Locator:
    return link(person, name).locator(".badge")


def pane(person: Visitor, name: str) -> Locator:
    """What stands beside the room."""
    return person.page.get_by_role("complementary", name=name)


def do(person: Visitor, text: str, action: str) -> None:
    """Use an action from the menu of the message with this text."""
    person.tool(text, "More actions")
    person.page.get_by_role("menuitem", name=action).click()


def read_position(person: Visitor, slug: str) -> dict[str, Any]:
    found: dict[str, Any] = person.ask("GET", f"/api/rooms/{quote(slug)}")[1]["me"]
    return found
