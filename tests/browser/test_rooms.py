"""Making rooms, going in and out of them, and what the list of rooms shows of it."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Locator, WebSocketRoute, expect

from tests.browser.visitor import Visitor

Make = Callable[..., Visitor]


def rooms(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("navigation", name="Rooms")


def make_room(visitor: Visitor, name: str, kind: str) -> None:
    """Make it, and be in it."""
    fill_in(visitor, name, kind)
    expect(visitor.page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(visitor.composer).to_be_visible()


def fill_in(visitor: Visitor, name: str, kind: str) -> None:
    rooms(visitor).get_by_role("button", name="New room").click()
    dialog = visitor.page.get_by_role("dialog", name="New room")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label(re.compile(f"^{kind}")).check()
    dialog.get_by_role("button", name="Create room").click()


def test_a_new_room_opens_and_others_join_and_leave_it(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.sign_up("rooms-alice")
    bob.sign_up("rooms-bob")
    make_room(alice, "Garden party", "Open")
    alice.say("welcome")
    alice.sees("welcome")

    bob.page.goto(alice.page.url)
    bob.sees("welcome")
    expect(bob.composer).to_have_count(0)
    bob.page.locator(".room-header").get_by_role("button", name="Join").click()
    expect(alice.messages.filter(has_text="rooms-bob joined")).to_have_count(1)
    bob.say("thank you")
    alice.sees("thank you")

    bob.page.get_by_role("button", name="Room settings").click()
    bob.page.get_by_role("button", name="Leave this room").click()
    bob.page.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
    expect(bob.page.get_by_role("heading", name="Rooms", level=1)).to_be_visible()
    expect(alice.messages.filter(has_text="rooms-bob left")).to_have_count(1)


def test_a_name_that_is_taken_is_said_in_the_form(visitor: Make) -> None:
    alice = visitor()
    alice.sign_up("taken-alice")
    make_room(alice, "Twice", "Public")
    fill_in(alice, "Twice", "Public")
    expect(alice.page.get_by_role("dialog", name="New room").get_by_role("alert")).not_to_be_empty()


def test_a_private_room_does_not_exist_for_others(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.sign_up("private-alice")
    bob.sign_up("private-bob")
    make_room(alice, "Just us", "Private")
    bob.page.goto(alice.page.url)
    expect(bob.page.get_by_role("heading", name="There is no such room")).to_be_visible()
    expect(rooms(bob).get_by_role("link", name="Just us")).to_have_count(0)


def test_an_archived_room_can_be_read_and_not_written_in(visitor: Make) -> None:
    alice = visitor()
    alice.sign_up("archive-alice")
    make_room(alice, "Old plans", "Open")
    alice.say("the plan")
    alice.sees("the plan")
    path = alice.page.url.removeprefix(alice.url).replace("/chat/", "/api/rooms/") + "archive"
    assert alice.ask("POST", path, {"on": True})[0] == 200
    expect(alice.page.get_by_text("This room is archived.")).to_be_visible()
    expect(alice.composer).to_have_count(0)


def test_a_room_whose_answer_takes_its_time_shows_its_messages(visitor: Make) -> None:
    alice = visitor()
    alice.sign_up("early-alice")
    make_room(alice, "Early bird", "Open")
    alice.say("the worm")
    alice.sees("the worm")
    held: list[str] = []
    sockets: list[WebSocketRoute] = []

    def hold_the_first_answer(socket: WebSocketRoute) -> None:
        def pass_on(frame: str | bytes) -> None:
            if not held and "messages" in json.loads(frame):
                held.append(str(frame))
            else:
                socket.send(frame)

        sockets.append(socket)
        socket.connect_to_server().on_message(pass_on)

    alice.page.route_web_socket("**/ws/chat/", hold_the_first_answer)
    alice.page.goto(f"{alice.url}/")
    rooms(alice).get_by_role("link", name="Early bird").click()
    expect(alice.page.get_by_role("heading", name="Early bird").first).to_be_visible()
    while not held:
        alice.page.wait_for_timeout(50)
    sockets[0].send(held[0])
    alice.sees("the worm")
