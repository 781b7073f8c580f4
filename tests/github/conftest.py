"""A fake GitHub for each test, nothing remembered from the test before, and somebody who asks."""

import math
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pytest_django import Settings

from chat import limits
from chat.github import resources
from chat.github.budget import sharing
from chat.models import User
from chatproject.asgi import application
from tests.fakes.github import FakeGitHub


@pytest.fixture(autouse=True)
def github(settings: Settings) -> Iterator[FakeGitHub]:
    """A GitHub on this machine, to which the product is pointed."""
    resources.forget_all()
    limits.forget_all()
    with FakeGitHub() as fake:
        settings.GITHUB_API_URL = fake.url
        settings.GITHUB_TOKEN = ""
        yield fake


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a database, a test's process neither tells others about GitHub nor hears from them."""
    if request.node.get_closest_marker("django_db") is None:
        monkeypatch.setattr(sharing, "LOOK_SECONDS", math.inf)
        monkeypatch.setattr(sharing, "SAVE_SECONDS", math.inf)


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in, over the product's ASGI application."""
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", name="Alice")
