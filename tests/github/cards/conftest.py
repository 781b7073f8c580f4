"""A GitHub whose token is good for the whole hour, people with accounts there, and nothing remembered of them."""

from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from pytest_django import Settings

from chat.github.cards import private
from chat.github.credentials import seal
from chat.models import User
from tests.fakes.github import FakeGitHub

HELLO = "octocat/Hello-World"
CELLAR = "octocat/cellar"


@pytest.fixture(autouse=True)
def _asked_with_a_token(settings: Settings, github: FakeGitHub) -> Iterator[None]:
    settings.GITHUB_TOKEN = "the-servers"
    private.forget_all()
    yield
    private.forget_all()


def link_account(user: User, token: str) -> None:
    """As after a sign-in with GitHub."""
    account = SocialAccount.objects.create(user=user, provider="github", uid=f"{user.pk}")
    SocialToken.objects.create(account=account, token=seal(token))
