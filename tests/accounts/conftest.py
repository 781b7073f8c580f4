"""People before the account pages: alice, who administrates, bob, and whoever nobody knows."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache as attempts
from django.test import Client

from chat.actions.accounts import create_account, create_guest
from chat.models import User

PASSWORD = "correct-horse-battery-9"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(db: None) -> None:
    """Attempts are counted in a table that no test empties."""
    attempts.clear()


@cache
def hashed() -> str:
    """Hashing takes longer than most tests, so it is done once."""
    return make_password(PASSWORD)


def person(username: str, **fields: Any) -> User:
    """Somebody whose password is PASSWORD."""
    made = create_account(username, None, name=username.title(), **fields)
    made.password = hashed()
    made.save()
    return made


@pytest.fixture
def alice() -> User:
    return person("alice", superuser=True)


@pytest.fixture
def bob(alice: User) -> User:
    return person("bob", email="bob@example.org")


@pytest.fixture
def visitor() -> Client:
    """Somebody at the machine itself, whom nobody knows."""
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def guest(visitor: Client) -> User:
    """Gus, whose session the visitor has."""
    gus, _ = create_guest("Gus")
    visitor.force_login(gus)
    return gus


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return client

    return sign_in
