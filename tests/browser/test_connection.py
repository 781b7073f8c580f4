"""Losing the connection: what is shown, what is kept, and that nothing is lost or doubled afterwards."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation
from tests.browser.visitor import Visitor

# Takes the socket away under the page, as a cut cable does, and lets it come back when told to.
CABLE = """
const Real = WebSocket;
window.sockets = [];
window.cut = false;
window.WebSocket = class extends Real {
    constructor(...args) {
        super(window.cut ? `${location.origin.replace("http", "ws")}/cut` : args[0], args[1]);
        window.sockets.push(this);
    }
};
"""

COUNT_BANNERS = """() => {
    window.shown = 0;
    const count = () => { window.shown += document.querySelectorAll(".banner").length; };
    new MutationObserver(count).observe(document.body, { subtree: true, childList: true });
}"""


@pytest.fixture
def own() -> Iterator[Installation]:
    """An installation that a test may stop."""
    with Installation() as running:
        yield running


@pytest.fixture
def alice(browser: Browser, installation: Installation) -> Iterator[Visitor]:
    someone = Visitor(browser, installation.url)
    someone.context.add_init_script(CABLE)
    yield someone
    someone.leave()


@pytest.fixture
def bob(browser: Browser, installation: Installation) -> Iterator[Visitor]:
    someone = Visitor(browser, installation.url)
    yield someone
    someone.leave()


def cut(visitor: Visitor) -> None:
    visitor.page.evaluate("() => { window.cut = true; for (const socket of window.sockets) socket.close(); }")


def mend(visitor: Visitor) -> None:
    visitor.page.evaluate("() => { window.cut = false; window.dispatchEvent(new Event('online')); }")


def test_what_happened_meanwhile_is_there_after_a_cut(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "meanwhile")
    bob.come_in("Bob", "meanwhile")
    bob.say("to be changed")
    bob.say("to be deleted")
    alice.sees("to be deleted")
    cut(alice)
    expect(alice.page.get_by_text("No connection.")).to_be_visible()
    bob.tool("to be changed", "Edit")
    bob.page.get_by_label("Edit the message").fill("it has changed")
    bob.page.get_by_label("Edit the message").press("Enter")
    bob.sees("it has changed")
    bob.tool("to be deleted", "Delete")
    bob.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    bob.say("news of the day")
    bob.sees("news of the day")
    mend(alice)
    alice.sees("news of the day")
    alice.sees("it has changed")
    expect(alice.message("to be deleted")).to_have_count(0)
    expect(alice.page.get_by_text("Back online.")).to_be_visible()
    alice.page.reload()
    alice.sees("news of the day")
    expect(alice.messages).to_have_count(bob.messages.count())


def test_a_short_loss_is_nobody_s_business(alice: Visitor) -> None:
    alice.come_in("Alice", "short-loss")
    alice.page.evaluate(COUNT_BANNERS)
    alice.page.evaluate("() => { for (const socket of window.sockets) socket.close(); }")
    mend(alice)
    alice.say("still here")
    alice.sees("still here")
    assert alice.page.evaluate("window.shown") == 0


def test_what_is_written_offline_waits_over_a_reload_and_is_sent_once_in_order(
    alice: Visitor, bob: Visitor
) -> None:
    alice.come_in("Alice", "outbox")
    bob.come_in("Bob", "outbox")
    cut(alice)
    for text in ("one", "two", "three"):
        alice.say(text)
    expect(alice.page.locator("message-item.pending")).to_have_count(3)
    alice.page.reload()
    for text in ("one", "two", "three"):
        alice.sees(text)
        bob.sees(text)
    assert bob.texts() == ["one", "two", "three"] == alice.texts()


def test_an_acknowledgement_that_is_lost_doubles_nothing(alice: Visitor, bob: Visitor) -> None:
    alice.come_in("Alice", "lost-ack")
    bob.come_in("Bob", "lost-ack")
    # The message goes out, and the connection breaks before anything comes back.
    alice.page.evaluate(
        "() => { const socket = window.sockets.at(-1); const send = socket.send;"
        "socket.send = (data) => { send.call(socket, data); socket.onmessage = null; socket.close(); }; }"
    )
    alice.say("exactly once")
    bob.sees("exactly once")
    mend(alice)
    alice.sees("exactly once")
    alice.say("and on we go")
    bob.sees("and on we go")
    assert bob.texts() == ["exactly once", "and on we go"] == alice.texts()


def test_a_restart_of_the_server_is_announced_and_survived(browser: Browser, own: Installation) -> None:
    alice = Visitor(browser, own.url)
    alice.come_in("Alice", "restart")
    alice.say("before")
    alice.sees("before")
    own.stop(signal.SIGTERM)
    expect(alice.page.locator(".banner")).to_be_visible()
    alice.say("during")
    own.start()
    alice.sees("during")
    assert alice.texts() == ["before", "during"]
    alice.leave()


def test_signing_out_in_one_tab_ends_the_connection_of_the_others(alice: Visitor) -> None:
    alice.come_in("Alice", "two-tabs")
    other = alice.context.new_page()
    other.goto(alice.page.url)
    other.locator("button.account-trigger").click()
    other.get_by_role("button", name="Sign out").click()
    expect(alice.page.get_by_text("Your session has ended.")).to_be_visible()
    expect(alice.page.locator(".banner").get_by_role("link", name="Sign in")).to_be_visible()


def test_a_refused_message_can_be_sent_again_or_thrown_away(alice: Visitor) -> None:
    alice.come_in("Alice", "refused")
    most = alice.page.evaluate("document.querySelector('chat-app').chat.store.limits.message_chars")
    alice.page.evaluate(
        "(text) => document.querySelector('chat-app').chat.messages.send(text)", "x" * (most + 1)
    )
    failed = alice.page.locator("message-item.failed")
    expect(failed.get_by_role("alert")).to_contain_text("Not sent.")
    failed.get_by_role("button", name="Retry").click()
    expect(failed.get_by_role("alert")).to_contain_text("Not sent.")
    alice.page.reload()
    failed.get_by_role("button", name="Delete").click()
    expect(alice.messages).to_have_count(0)
