"""The browser of these tests is the machine's own Chromium. They run in a pytest process of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.installation import Installation
from tests.browser.visitor import Visitor
from tests.services import chromium, presence


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """What pytest-playwright starts the browser with."""
    presence.require("Chromium")
    return {
        **browser_type_launch_args,
        "executable_path": chromium.executable(),
        "args": chromium.arguments(),
    }


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One for all tests that do no harm to the server; each has rooms of its own."""
    with Installation() as running:
        running.add_administrator()
        yield running


@pytest.fixture
def visitor(browser: Browser, installation: Installation) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser profile of their own; at the end none of their scripts has failed."""
    made: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        made.append(Visitor(browser, installation.url, **options))
        return made[-1]

    yield make
    errors = [error for one in made for error in one.errors]
    for one in made:
        one.leave()
    assert errors == []


@pytest.fixture(scope="session")
def _blank(browser: Browser, installation: Installation) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{installation.url}/static/img/icon.svg")
    yield page
    page.close()


@pytest.fixture
def module(_blank: Page) -> Page:
    """A page of our own origin on which nothing runs, to import modules into; with nothing in its storage."""
    _blank.evaluate("localStorage.clear()")
    return _blank
