"""An older backup is restored while a page stays open: it shows what is there now, without a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation
from tests.browser.visitor import Visitor


@pytest.fixture
def own(browser: Browser) -> Iterator[Installation]:
    """An installation of the test's own, which may lose everything."""
    with Installation() as running:
        running.add_administrator()
        yield running


def test_a_page_that_stays_open_shows_the_restored_room(
    browser: Browser, own: Installation, tmp_path: Path
) -> None:
    alice = Visitor(browser, own.url)
    alice.come_in("Alice")
    alice.page.evaluate("window.loadedOnce = true")
    alice.say("kept")
    alice.sees("kept")
    own.manage("backup", str(tmp_path / "saved"))
    alice.say("newer than the backup")
    alice.sees("newer than the backup")
    own.stop()
    own.lose_the_database()
    own.manage("restore", str(tmp_path / "saved"))
    own.start()
    expect(alice.message("newer than the backup")).to_have_count(0)
    alice.say("since then")
    alice.sees("since then")
    assert alice.texts() == ["kept", "since then"]
    assert alice.page.evaluate("window.loadedOnce"), "the page was loaded anew"
    assert alice.errors == []
    alice.leave()
