"""Where the quota goes: the JSON view, the page in the admin, and the metrics tell the same."""

import asyncio
import re

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from chat import database, metrics
from chat.github import resources
from chat.github.budget import sharing
from chat.github.credentials import seal
from chat.models import User
from tests.admin.conftest import client_of
from tests.fakes.github import FakeGitHub
from tests.github.asking import bearer, logins

pytestmark = pytest.mark.django_db(transaction=True)

QUOTA = "/api/github/quota"
USERS = "/api/github/users"


@pytest.fixture
def alices(web: httpx.AsyncClient, alice: User) -> httpx.AsyncClient:
    """Alice, by her token."""
    web.headers.update(bearer(alice))
    return web


async def test_the_quota_says_what_is_left_and_where_it_went(
    alices: httpx.AsyncClient, github: FakeGitHub
) -> None:
    for _ in range(2):
        await alices.get(USERS, params=logins("octocat", "hubot", "nobody-here"))
    await alices.get(f"{USERS}/octocat/overview")
    told = (await alices.get(QUOTA)).json()
    calls = len(github.requests)
    assert (told["limit"], told["remaining"], told["calls"]) == (5000, 5000 - calls, calls)
    assert told["reset"].endswith(".000Z")
    assert (told["saved_by_cache"], told["saved_by_304"], told["cool_down"], told["own"]) == (
        4,
        0,
        None,
        None,
    )
    by_feature = {each["feature"]: each["calls"] for each in told["features"]}
    assert by_feature["users"] == 3
    assert sum(by_feature.values()) == calls


async def test_what_was_confirmed_for_nothing_is_told_apart(
    alices: httpx.AsyncClient, github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_CACHE_SECONDS = 0.0
    for _ in range(3):
        await alices.get(f"{USERS}/octocat")
    told = (await alices.get(QUOTA)).json()
    assert (told["calls"], told["saved_by_304"], told["remaining"]) == (3, 2, 4999)


async def test_a_cool_down_and_what_was_given_meanwhile_are_told(
    alices: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.limits.refuse(times=1, status=403, retry_after=600)
    answers = [await alices.get(f"{USERS}/{login}") for login in ("octocat", "hubot")]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert int(answers[1].headers["retry-after"]) > 500
    told = (await alices.get(QUOTA)).json()
    assert told["cool_down"] == pytest.approx(600, abs=60)
    assert (told["calls"], told["limited"]) == (1, 2)


async def test_another_process_knows_it_too(alices: httpx.AsyncClient, github: FakeGitHub) -> None:
    await alices.get(f"{USERS}/octocat")
    before = (await alices.get(QUOTA)).json()
    await sharing.save()
    resources.forget_all()  # as in another process
    assert (await alices.get(QUOTA)).json() == before


async def test_who_linked_an_account_sees_its_quota(
    alices: httpx.AsyncClient, github: FakeGitHub, alice: User
) -> None:
    def link() -> None:
        account = SocialAccount.objects.create(user=alice, provider="github", uid="1")
        SocialToken.objects.create(account=account, token=seal("alices own"))

    await database.write(link)
    github.limits.exhaust(600, token="alices own", limit=100, left=50)
    await alices.get("/api/github/repos/octocat/Hello-World")
    told = (await alices.get(QUOTA)).json()
    assert (told["own"]["limit"], told["limit"]) == (100, None)
    assert told["own"]["remaining"] < 50


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("guest", 403)])
async def test_the_quota_is_for_those_who_signed_in(web: httpx.AsyncClient, who: str, status: int) -> None:
    headers = {}
    if who == "guest":
        guest = await User.objects.acreate(username="guest-1", kind=User.Kind.GUEST)
        headers = await asyncio.to_thread(bearer, guest)
    assert (await web.get(QUOTA, headers=headers)).status_code == status


def page(of: Client) -> str:
    answer = of.get(reverse("admin:chat_github_spending_changelist"))
    assert answer.status_code == 200
    return answer.content.decode()


async def test_the_admin_shows_where_it_goes(alices: httpx.AsyncClient, alice: User) -> None:
    alice.is_staff = alice.is_superuser = True
    await alice.asave()
    browser = await asyncio.to_thread(client_of, alice)
    assert "Nothing was asked." in await asyncio.to_thread(page, browser)
    await alices.get(USERS, params=logins("octocat", "hubot"))
    told = await asyncio.to_thread(page, browser)
    assert "4998 of 5000 calls are left" in told
    assert re.search(r">users</th>\s*<td>2</td>", told)
    await sharing.save()
    told = await asyncio.to_thread(page, browser)
    assert re.search(r">users</th>\s*<td>2</td>", told)
    assert "1 GitHub spending" in told


async def test_the_metrics_count_the_same(alices: httpx.AsyncClient) -> None:
    for _ in range(2):
        await alices.get(f"{USERS}/octocat")
    lines = metrics.text().decode().splitlines()
    for line in (
        'chat_github_calls_total{feature="users",whose="server"} 1.0',
        'chat_github_saved_by_cache_total{feature="users",whose="server"} 1.0',
        "chat_github_cooling_down 0.0",
        "chat_github_remaining 4999.0",
    ):
        assert line in lines
