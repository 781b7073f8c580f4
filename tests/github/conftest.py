"""A fake GitHub for each test, and nothing remembered from the test before."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from chat import limits
from chat.github import people
from tests.fakes.github import FakeGitHub


@pytest.fixture(autouse=True)
def github(settings: Settings) -> Iterator[FakeGitHub]:
    """A GitHub on this machine, to which the product is pointed."""
    people.forget_all()
    limits.forget_all()
    with FakeGitHub() as fake:
        settings.GITHUB_API_URL = fake.url
        settings.GITHUB_TOKEN = ""
        yield fake
