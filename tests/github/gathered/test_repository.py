"""A repository at a glance: what is open, released and by whom; and who may know that it exists."""

from typing import Any

import httpx
import pytest
from pytest_django import Settings

from chat import database
from chat.models import User
from tests.fakes.github import Answer, FakeGitHub
from tests.fakes.github.answers import failed
from tests.github.asking import bearer, link

pytestmark = pytest.mark.django_db(transaction=True)

HELLO = "/api/github/repos/octocat/Hello-World"
PARTS = ("issues", "releases/latest", "contributors")


@pytest.fixture
async def signed_in(web: httpx.AsyncClient, alice: User) -> httpx.AsyncClient:
    web.headers.update(await database.write(bearer, alice))
    return web


async def read(client: httpx.AsyncClient, path: str = HELLO) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_repository_comes_with_issues_release_and_contributors_fetched_together(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.hold(4)  # nobody is answered before all four are there
    found = await read(signed_in)
    assert github.most_at_once == 4
    assert (found["name"], found["errors"]) == ("octocat/Hello-World", [])
    assert (found["repository"]["stars"], found["repository"]["license"]) == (80, "MIT License")
    assert found["latest_release"]["tag"] == "v1.0.0"
    assert [each["username"] for each in found["contributors"]] == ["octocat"]


async def test_pull_requests_are_no_issues(signed_in: httpx.AsyncClient) -> None:
    found = await read(signed_in)
    assert (found["open_issues"], found["open_pulls"]) == (1, 1)
    assert [issue["title"] for issue in found["newest_issues"]] == ["It does not say hello"]


async def test_where_more_is_open_than_github_lists_at_once_both_are_counted(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    busy = github.world.add_repository("hubot/busy", open_issues_count=130)
    for number in range(1, 101):
        busy.add_issue(number)
    found = await read(signed_in, "/api/github/repos/hubot/busy")
    assert (found["open_issues"], found["open_pulls"]) == (130, None)
    assert len(found["newest_issues"]) == 5


async def test_what_a_repository_does_not_have_is_no_error(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.world.add_repository("hubot/new", has_issues=False, open_issues_count=3)
    # So GitHub answers for issues that are turned off, and for a repository without a commit.
    github.answers["/repos/hubot/new/issues"] = lambda _: Answer(410, length=0)
    github.answers["/repos/hubot/new/contributors"] = lambda _: Answer(204, length=0)
    found = await read(signed_in, "/api/github/repos/hubot/new")
    assert (found["errors"], found["latest_release"], found["contributors"]) == ([], None, [])
    assert (found["open_issues"], found["open_pulls"], found["newest_issues"]) == (0, 3, [])


async def test_parts_that_fail_are_named_in_their_order_and_the_rest_comes(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.world.repository("octocat/Hello-World").body["open_issues_count"] = 5
    for part in PARTS:
        github.answers[f"/repos/octocat/hello-world/{part}"] = lambda _: failed()
    found = await read(signed_in)
    assert [error["part"] for error in found["errors"]] == ["issues", "latest_release", "contributors"]
    assert found["repository"]["full_name"] == "octocat/Hello-World"
    assert (found["open_issues"], found["newest_issues"], found["contributors"]) == (5, None, None)


async def test_the_rest_of_a_repository_that_fails_itself_comes_to_those_who_ask_like_anybody(
    signed_in: httpx.AsyncClient, github: FakeGitHub, settings: Settings
) -> None:
    github.answers["/repos/octocat/hello-world"] = lambda _: failed()
    assert [error["part"] for error in (await read(signed_in))["errors"]] == ["repository"]
    settings.GITHUB_TOKEN = "may see more than they may"
    answer = await signed_in.get(HELLO)
    assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")


async def test_what_github_does_not_have_is_not_found(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    answer = await signed_in.get("/api/github/repos/octocat/nothing")
    assert (answer.status_code, answer.json()["detail"]) == (404, "GitHub has no repository octocat/nothing.")


@pytest.mark.parametrize("hidden", [{"private": True}, {"visibility": "internal"}])
async def test_what_only_the_servers_token_sees_is_not_found(
    signed_in: httpx.AsyncClient, github: FakeGitHub, settings: Settings, hidden: dict[str, Any]
) -> None:
    github.world.add_repository("octocat/secret", **hidden)
    github.world.add_token("the server's", "octocat", sees=["octocat/secret"])
    settings.GITHUB_TOKEN = "the server's"
    answer = await signed_in.get("/api/github/repos/octocat/secret")
    assert github.calls("/repos/octocat/secret") == 1
    unknown = await signed_in.get("/api/github/repos/octocat/secres")
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert answer.text.replace("secret", "secres") == unknown.text


@pytest.mark.parametrize("path", ["-a/b", "a/..", "a/b c", "a/%00", "a/" + "b" * 101])
async def test_names_that_no_repository_has_are_refused_before_any_call(
    signed_in: httpx.AsyncClient, github: FakeGitHub, path: str
) -> None:
    answer = await signed_in.get(f"/api/github/repos/{path}")
    assert answer.status_code in (400, 404)
    assert github.connections == 0


async def test_nobody_and_guests_are_refused(web: httpx.AsyncClient, github: FakeGitHub) -> None:
    assert (await web.get(HELLO)).status_code == 401
    guest = await User.objects.acreate(username="guest-1", kind=User.Kind.GUEST)
    headers = await database.write(bearer, guest)
    assert (await web.get(HELLO, headers=headers)).status_code == 403
    assert github.connections == 0


async def test_a_private_one_is_shown_to_whose_own_account_sees_it_and_to_nobody_else(
    signed_in: httpx.AsyncClient, github: FakeGitHub, alice: User
) -> None:
    secret = "/api/github/repos/octocat/secret"
    github.world.add_repository("octocat/secret", private=True)
    github.world.add_token("alice's", "octocat", sees=["octocat/secret"])
    await database.write(link, alice, "alice's")
    found = await read(signed_in, secret)
    assert (found["repository"]["private"], found["errors"]) == (True, [])
    bob = await User.objects.acreate(username="bob")
    headers = await database.write(bearer, bob, "another secret")
    assert (await signed_in.get(secret, headers=headers)).status_code == 404


async def test_whose_token_was_withdrawn_at_github_sees_what_anybody_does(
    signed_in: httpx.AsyncClient, github: FakeGitHub, alice: User
) -> None:
    github.world.add_token("alice's", "octocat")
    github.world.revoke("alice's")
    await database.write(link, alice, "alice's")
    assert (await read(signed_in))["repository"]["full_name"] == "octocat/Hello-World"
    assert (await signed_in.get("/api/github/users/octocat/overview")).json()["errors"] == []
