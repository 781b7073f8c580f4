"""Allowances in the admin: each says in words whose it is."""

import pytest
from django.test import Client
from pytest_django import Settings

from chat.github.budget.ledger import fingerprint
from chat.github.models import Allowance
from chat.github.upstream.identity import identity
from chat.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]

URL = "/admin/chat_github/allowance/"


def test_each_allowance_says_whose_it_is(settings: Settings) -> None:
    settings.GITHUB_TOKEN = "of the server"
    for token, whose in (("", "server"), ("of the server", "server"), ("former", "server"), ("hers", "own")):
        Allowance.objects.create(credential=fingerprint(identity(token)), whose=whose)
    browser = Client()
    browser.force_login(User.objects.create_superuser("operator"))
    words = (
        "the server, without a token",
        "the server, with its token",
        "the server, as it was set up before",
        "a person, with their own token",
    )
    page = browser.get(URL).content.decode()
    assert [page.count(f">{each}<") for each in words] == [1, 1, 1, 1]
    for row, each in zip(Allowance.objects.order_by("pk"), words, strict=True):
        assert each in browser.get(f"{URL}{row.pk}/change/").content.decode()
