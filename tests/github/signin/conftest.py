"""Browsers on their way to the fake GitHub and back."""

import html
import re
from typing import cast
from urllib.parse import urlsplit

import httpx
import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache as attempts
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from chat.actions.accounts import create_account
from chat.models import User
from tests.fakes.github import FakeGitHub
from tests.fakes.github.sign_in import CLIENT_ID, CLIENT_SECRET


@pytest.fixture(autouse=True)
def app(settings: Settings, github: FakeGitHub, db: None) -> None:
    """The installation knows an OAuth app, anybody may sign up, and somebody administrates."""
    attempts.clear()
    settings.GITHUB_CLIENT_ID, settings.GITHUB_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.SOCIALACCOUNT_PROVIDERS = {
        "github": {"APPS": [{"client_id": CLIENT_ID, "secret": CLIENT_SECRET}]}
    }
    settings.CHAT_SIGNUP = "open"
    create_account("root", None, superuser=True)


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


def to_github(visitor: Client, **asked: str) -> str:
    """Press the button: the address at GitHub to which one is sent."""
    query = httpx.QueryParams(asked)
    page = visitor.post(f"/accounts/github/login/?{query}").content.decode()
    found = re.search(r'href="([^"]*/login/oauth/authorize[^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def come_back(visitor: Client, url: str) -> HttpResponse:
    """GitHub asks whoever is signed in there, and sends them back to us."""
    back = urlsplit(httpx.get(url).headers["location"])
    return cast(HttpResponse, visitor.get(f"{back.path}?{back.query}"))


def by_github(visitor: Client, **asked: str) -> HttpResponse:
    return come_back(visitor, to_github(visitor, **asked))


def user_of(visitor: Client) -> str | None:
    found = User.objects.filter(pk=visitor.session.get(SESSION_KEY, 0)).first()
    return found.username if found else None
