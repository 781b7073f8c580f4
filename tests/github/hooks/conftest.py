"""A webhook that is set up at GitHub and here, and deliveries for the ledger."""

import itertools
from collections.abc import Callable

import pytest
from pytest_django import Settings

from chat.github.hooks.ledger import Arrived
from tests.fakes.github.webhooks import Hook

Arriving = Callable[..., Arrived]


@pytest.fixture
def hook(settings: Settings) -> Hook:
    """Of a repository, its secret being the newer of two."""
    settings.GITHUB_WEBHOOK_SECRETS = ["the old secret", "the secret"]
    return Hook("the secret")


@pytest.fixture
def arriving() -> Arriving:
    """Makes deliveries; each is another one and has another effect, unless told."""
    numbers = itertools.count(1)

    def arrive(delivery_id: str = "", key: str = "", event: str = "star", body: bytes = b"{}") -> Arrived:
        number = next(numbers)
        return Arrived(
            delivery_id=delivery_id or f"delivery-{number}",
            event=event,
            action="created",
            repository="octocat/Hello-World",
            key=key or f"effect {number}",
            body=body,
        )

    return arrive
