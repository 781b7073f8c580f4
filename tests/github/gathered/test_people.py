"""Accounts: which names are asked for at all, what comes back, and who may see what is remembered."""

import asyncio

import pytest
from pytest_django import Settings

from chat.errors import BadGateway, Invalid, NotFound
from chat.github.gathered.people import GitHubUser, find_user
from tests.fakes.github import PEOPLE, Answer, FakeGitHub, Request
from tests.fakes.github.messages import json_answer


async def test_an_account_comes_in_our_form() -> None:
    assert await find_user("octocat") == GitHubUser(
        username="octocat",
        name="monalisa octocat",
        followers=20,
        public_repos=2,
        avatar_url="https://github.com/images/error/octocat_happy.gif",
        html_url="https://github.com/octocat",
    )


async def test_an_account_may_have_no_name() -> None:
    assert (await find_user("Codertocat")).name is None


@pytest.mark.parametrize(
    "login",
    [
        "",
        "-a",
        "a-",
        "a--b",
        "a_b",
        "a.b",
        "a/b",
        "../user",
        "a%2fb",
        "a b",
        "a\n",
        "é",
        "١",
        "a" * 40,
        "a?b=c",
    ],
)
async def test_a_login_that_github_never_gave_is_invalid_before_any_call(
    login: str, github: FakeGitHub
) -> None:
    with pytest.raises(Invalid) as error:
        await find_user(login)
    assert error.value.field == "login"
    assert github.connections == 0


@pytest.mark.parametrize("login", ["a", "0", "a-b", "A-b-C-1", "a" * 39, "a-" * 19 + "a"])
async def test_a_login_by_githubs_rule_is_asked_for(login: str, github: FakeGitHub) -> None:
    with pytest.raises(NotFound, match=login):
        await find_user(login)
    assert github.calls(login) == 1


async def test_capitals_make_no_other_account(github: FakeGitHub) -> None:
    assert await find_user("OctoCat") == await find_user("octocat")
    assert github.calls("octocat") == 1


async def test_a_hundred_who_ask_at_once_make_one_call(github: FakeGitHub) -> None:
    github.delay_seconds = 0.1
    users = await asyncio.gather(*(find_user("torvalds") for _ in range(100)))
    assert {user.username for user in users} == {"torvalds"}
    assert github.calls("torvalds") == 1


async def test_a_missing_account_is_remembered_like_a_found_one(github: FakeGitHub) -> None:
    for _ in range(2):
        with pytest.raises(NotFound):
            await find_user("nobody-here")
    assert github.calls("nobody-here") == 1


async def test_a_failure_is_asked_again(github: FakeGitHub) -> None:
    for _ in range(2):
        with pytest.raises(BadGateway):
            await find_user("answers-500")
    assert github.calls("answers-500") == 2


async def test_an_answer_is_forgotten_after_its_time(github: FakeGitHub, settings: Settings) -> None:
    settings.GITHUB_CACHE_SECONDS = 0.01
    await find_user("octocat")
    await asyncio.sleep(0.05)
    await find_user("octocat")
    assert github.calls("octocat") == 2


async def test_what_one_token_sees_never_goes_to_another(github: FakeGitHub, settings: Settings) -> None:
    def answer(request: Request) -> Answer:
        return json_answer({**PEOPLE["octocat"], "name": request.headers.get("authorization")})

    github.answers["octocat"] = answer
    for token, name in [("one", "Bearer one"), ("two", "Bearer two"), ("", None), ("one", "Bearer one")]:
        settings.GITHUB_TOKEN = token
        assert (await find_user("octocat")).name == name
    assert github.calls("octocat") == 3


@pytest.mark.parametrize(
    "change",
    [{"html_url": "javascript:alert(1)"}, {"followers": -1}, {"public_repos": 2**60}, {"login": None}],
)
async def test_an_account_that_makes_no_sense_is_refused(
    change: dict[str, object], github: FakeGitHub
) -> None:
    github.answers["octocat"] = lambda _: json_answer({**PEOPLE["octocat"], **change})
    with pytest.raises(BadGateway, match="malformed"):
        await find_user("octocat")
