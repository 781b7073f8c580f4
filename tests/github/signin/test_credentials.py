"""What is kept of people's GitHub tokens, and who gets them back."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.utils import timezone
from pytest_django import Settings

from chat.github.credentials import seal, token_of, unseal
from chat.models import User

TOKEN = "gho_16C7e42F292c6912E7710c838347Ae178B4a"

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(alice: User) -> SocialToken:
    account = SocialAccount.objects.create(user=alice, provider="github", uid="583231")
    return SocialToken.objects.create(account=account, token=seal(TOKEN))


def test_a_token_comes_back_to_its_owner_alone(alice: User, linked: SocialToken) -> None:
    bob = User.objects.create_user("bob")
    assert token_of(alice.pk) == TOKEN
    assert token_of(bob.pk) == ""


def test_what_is_kept_does_not_show_the_token(linked: SocialToken) -> None:
    kept = SocialToken.objects.values_list("token", flat=True).get()
    assert TOKEN not in kept
    assert unseal(kept) == TOKEN


def test_who_is_deactivated_has_no_token(alice: User, linked: SocialToken) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert token_of(alice.pk) == ""


def test_a_token_that_is_over_is_none(alice: User, linked: SocialToken) -> None:
    SocialToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_of(alice.pk) == ""


def test_a_token_is_never_for_another_github(alice: User, linked: SocialToken, settings: Settings) -> None:
    settings.GITHUB_API_URL = "https://github.example.org/api/v3"
    assert token_of(alice.pk) == ""


def test_a_token_survives_a_new_secret_key_while_the_old_one_is_known(
    alice: User, linked: SocialToken, settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert token_of(alice.pk) == TOKEN
    settings.SECRET_KEY_FALLBACKS = []
    assert token_of(alice.pk) == ""
