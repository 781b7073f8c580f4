"""The browser of these tests is the machine's own Chromium. They run in a pytest process of their own."""

from typing import Any

import pytest

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
