"""Which services this machine has, how they are got, and what a test does without one."""

import os
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest

from tests.services import chromium, debian, postgres, redis

# Service: how it is found, and Debian's packages of it.
SERVICES: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "Redis": (redis.binary, ("redis-server",)),
    "PostgreSQL": (postgres.binaries, ("postgresql",)),
    "Chromium": (chromium.executable, ("chromium", "fonts-liberation", "fonts-noto-color-emoji")),
}


def provide() -> Iterator[str]:
    """Install what is missing where that is possible; the names of what is missing still."""
    for name, (find, packages) in SERVICES.items():
        if not is_there(find) and not (debian.install(*packages) and is_there(find)):
            yield name


def is_there(find: Callable[[], object]) -> bool:
    try:
        find()
    except FileNotFoundError:
        return False
    return True


def require(name: str) -> None:
    """Skip the test when the service is missing; in CI that is a failure."""
    if not is_there(SERVICES[name][0]):
        _missing(f"{name} is missing on this machine")


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and with CI=true nothing may be.")
    pytest.skip(reason)
