"""No page has a serious fault that axe can find: names, roles, contrast, in both themes and widths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import DESK, PHONE, Visitor

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
looks = pytest.mark.parametrize(
    ("size", "scheme"),
    [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["desk-light", "desk-dark", "phone-light", "phone-dark"],
)

# A fault that is there for good is there at every look.
LOOKS_MOST, LOOK_AGAIN_MS = 5, 1_000


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, and goes on calling so: what moves or fades is faint for a moment."""
    # A page that a form led to can be read before its style sheets are there.
    page.wait_for_load_state()
    page.evaluate(AXE)
    for _ in range(LOOKS_MOST):
        if not (found := _faults_now(page)):
            break
        page.wait_for_timeout(LOOK_AGAIN_MS)
    return found


def _faults_now(page: Page) -> list[str]:
    result: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in result["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@looks
def test_a_room_in_use(visitor: Callable[..., Visitor], size: dict[str, int], scheme: str) -> None:
    alice = visitor(size=size, color_scheme=scheme)
    alice.come_in("Alice", f"accessible-{size['width']}-{scheme}")
    alice.say(
        "Plain, **bold**, `code`, [a link](https://example.org/) and\n\n```\nlines of code\n```\n\n> a quote"
    )
    alice.sees("Plain, bold")
    message = alice.message("Plain, bold").last
    message.focus()
    message.get_by_role("button", name="Choose a reaction").click()
    expect(alice.page.locator(".emoji").first).to_be_visible()
    assert faults(alice.page) == []
    alice.page.keyboard.press("Escape")
    message.get_by_role("button", name="Delete").click()
    assert faults(alice.page) == []


@looks
def test_a_room_seen_from_outside(visitor: Callable[..., Visitor], size: dict[str, int], scheme: str) -> None:
    nobody = visitor(size=size, color_scheme=scheme)
    nobody.open("lobby")
    expect(nobody.page.get_by_label("Join as a guest")).to_be_visible()
    assert faults(nobody.page) == []


@looks
def test_the_list_of_rooms(visitor: Callable[..., Visitor], size: dict[str, int], scheme: str) -> None:
    alice = visitor(size=size, color_scheme=scheme)
    alice.come_in("Alice", "lobby")
    alice.page.goto(f"{alice.url}/")
    expect(alice.page.locator(".home-room").first).to_be_visible()
    assert faults(alice.page) == []


@looks
@pytest.mark.parametrize("path", ["login", "signup"])
def test_the_account_pages(
    visitor: Callable[..., Visitor], size: dict[str, int], scheme: str, path: str
) -> None:
    nobody = visitor(size=size, color_scheme=scheme)
    nobody.page.goto(f"{nobody.url}/accounts/{path}/")
    expect(nobody.page.get_by_role("heading").first).to_be_visible()
    assert faults(nobody.page) == []
