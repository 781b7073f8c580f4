"""An account at a glance: asked for at the same time, put together, and complete but for what failed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from chat import database
from chat.github import resources
from chat.models import User
from tests.fakes.github import Answer, FakeGitHub
from tests.fakes.github.answers import failed, malformed, silent
from tests.fakes.github.messages import json_answer
from tests.github.asking import Listener, bearer, link, until

pytestmark = pytest.mark.django_db(transaction=True)

OVERVIEW = "/api/github/users/{}/overview"
REPOSITORIES, EVENTS = "/users/{}/repos", "/users/{}/events/public"


@pytest.fixture
async def signed_in(web: httpx.AsyncClient, alice: User) -> httpx.AsyncClient:
    web.headers.update(await database.write(bearer, alice))
    return web


async def overview(client: httpx.AsyncClient, login: str = "octocat") -> dict[str, Any]:
    answer = await client.get(OVERVIEW.format(login))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_profile_repositories_and_events_are_asked_for_at_the_same_time(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.hold(3)  # nobody is answered before all three are there
    found = await overview(signed_in)
    assert github.most_at_once == 3
    assert found["errors"] == []
    assert {name: part["source"] for name, part in found["sources"].items()} == {
        "profile": "live",
        "repositories": "live",
        "activity": "live",
    }


async def test_stars_and_forks_are_sums_and_languages_are_of_own_work_alone(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    add = github.world.add_repository
    add("hubot/big", stargazers_count=90, forks_count=7, language="C")
    add("hubot/small", stargazers_count=3, forks_count=1, language="Python")
    add("hubot/other", stargazers_count=0, forks_count=0, language="Python")
    add("hubot/borrowed", stargazers_count=1, forks_count=0, language="Rust", fork=True)
    found = await overview(signed_in, "hubot")
    assert (found["stars"], found["forks"]) == (94, 8)
    python, c = {"name": "Python", "repositories": 2}, {"name": "C", "repositories": 1}
    assert found["languages"] == [python, c]
    assert [each["name"] for each in found["top_repositories"]] == ["big", "small", "borrowed", "other"]
    assert found["repositories"] == {"counted": 4, "complete": True}
    assert found["profile"]["followers"] == 410


async def test_of_more_repositories_than_github_lists_at_once_it_says_how_many_it_counted(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    for number in range(101):
        github.world.add_repository(f"hubot/{number}", stargazers_count=1)
    found = await overview(signed_in, "hubot")
    assert found["repositories"] == {"counted": 100, "complete": False}
    assert found["stars"] == 100


@pytest.fixture
def seen_by_the_server(github: FakeGitHub, settings: Settings) -> list[str]:
    """Repositories that not everybody may see, with work in them, and a server whose token sees them."""
    github.world.add_repository("hubot/shown", stargazers_count=1, forks_count=1)
    github.world.add_repository("hubot/secret", private=True, stargazers_count=90, forks_count=7)
    github.world.add_repository("hubot/company", visibility="internal", stargazers_count=900, forks_count=70)
    github.world.add_token("the server's", "hubot", sees=["hubot/secret"])
    for name in ("secret", "shown"):
        github.world.add_event("hubot", "Push", ago(1), f"hubot/{name}")
    settings.GITHUB_TOKEN = "the server's"
    return ["shown"]


async def test_what_only_the_servers_token_sees_is_neither_listed_nor_counted(
    signed_in: httpx.AsyncClient, seen_by_the_server: list[str]
) -> None:
    found = await overview(signed_in, "hubot")
    assert [each["name"] for each in found["top_repositories"]] == seen_by_the_server
    assert (found["stars"], found["forks"]) == (1, 1)
    assert found["repositories"] == {"counted": 1, "complete": True}
    assert [event["repository"] for event in found["recent_activity"]] == ["hubot/shown"]
    assert found["activity"]["counted"] == 1


@pytest.mark.usefixtures("seen_by_the_server")
async def test_what_somebodys_own_account_sees_is_shown_to_them(
    signed_in: httpx.AsyncClient, github: FakeGitHub, alice: User
) -> None:
    github.world.add_token("alice's", "hubot", sees=["hubot/secret"])
    await database.write(link, alice, "alice's")
    found = await overview(signed_in, "hubot")
    assert [each["name"] for each in found["top_repositories"]] == ["company", "secret", "shown"]
    assert (found["stars"], found["repositories"]["counted"]) == (991, 3)
    assert found["activity"]["counted"] == 2
    github.world.revoke("alice's")
    resources.forget_all()
    assert (await overview(signed_in, "hubot"))["stars"] == 1


@pytest.mark.usefixtures("seen_by_the_server")
async def test_a_listing_full_of_what_is_not_shown_is_not_complete(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    for number in range(100):
        github.world.add_repository(f"hubot/{number}", visibility="internal")
    assert (await overview(signed_in, "hubot"))["repositories"] == {"counted": 1, "complete": False}


async def test_activity_is_told_by_day_by_kind_and_by_its_newest(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    add = github.world.add_event
    earlier, later = ago(2), ago(1)
    add("hubot", "Push", ago(45), "hubot/old")
    add("hubot", "Push", earlier, "hubot/new", ref="refs/heads/main")
    subject = {"number": 7, "title": "Sing", "html_url": "https://github.com/hubot/new/pull/7"}
    add("hubot", "PullRequest", later, "hubot/new", action="opened", pull_request=subject)
    found = await overview(signed_in, "hubot")
    shown = found["activity"]
    assert (shown["counted"], shown["complete"], len(shown["days"])) == (2, True, 30)
    assert {day["day"]: day["events"] for day in shown["days"] if day["events"]} == {
        earlier[:10]: 1,
        later[:10]: 1,
    }
    assert {each["kind"]: each["events"] for each in shown["kinds"]} == {"push": 1, "pull_request": 1}
    newest, before, _ = found["recent_activity"]
    assert (newest["text"], newest["url"]) == ("opened pull request #7: Sing", subject["html_url"])
    assert (before["text"], before["url"], before["repository"]) == ("pushed to main", None, "hubot/new")


async def test_days_before_the_oldest_of_a_full_answer_are_unknown(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    moment = ago(3)
    for _ in range(100):
        github.world.add_event("hubot", "Watch", moment, "hubot/new")
    shown = (await overview(signed_in, "hubot"))["activity"]
    assert (shown["complete"], shown["since"], shown["counted"]) == (False, moment[:10], 100)


@pytest.mark.parametrize(
    ("path", "say", "part", "status", "gone"),
    [
        (REPOSITORIES, failed, "repositories", 502, {"stars", "forks", "languages", "top_repositories"}),
        (EVENTS, malformed, "activity", 502, {"activity", "recent_activity"}),
        (EVENTS, silent, "activity", 504, {"activity", "recent_activity"}),
        ("/users/{}", failed, "profile", 502, {"profile"}),
    ],
)
async def test_a_part_that_fails_is_named_and_the_rest_comes(
    signed_in: httpx.AsyncClient,
    github: FakeGitHub,
    settings: Settings,
    path: str,
    say: Any,
    part: str,
    status: int,
    gone: set[str],
) -> None:
    settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 2.5
    github.answers[path.format("octocat")] = lambda _: say()
    found = await overview(signed_in)
    [error] = found["errors"]
    assert (error["part"], error["status"]) == (part, status)
    assert error["detail"]
    empty = {name for name, value in found.items() if value is None}
    assert empty - {"repositories"} == gone
    assert found["username"] == "octocat"


async def test_without_any_part_it_is_what_the_profile_failed_with(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    limited = json_answer({"message": "You have exceeded a secondary rate limit."}, 429, retry_after="42")
    for path in ("/users/{}", REPOSITORIES, EVENTS):
        github.answers[path.format("octocat")] = lambda _: limited
    answer = await signed_in.get(OVERVIEW.format("octocat"))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0


async def test_for_a_name_that_nobody_has_the_other_calls_are_ended(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    def never(_request: object) -> Answer:
        return silent()

    for path in (REPOSITORIES, EVENTS):
        github.answers[path.format("nobody-here")] = never
    answer = await signed_in.get(OVERVIEW.format("nobody-here"))
    assert (answer.status_code, answer.json()["detail"]) == (404, "GitHub has no user nobody-here.")
    await until(lambda: github.at_once == 0)


async def test_a_name_that_is_no_login_is_refused_before_any_call(
    signed_in: httpx.AsyncClient, github: FakeGitHub
) -> None:
    answer = await signed_in.get(OVERVIEW.format("a--b"))
    assert (answer.status_code, answer.json()["field"]) == (400, "login")
    assert github.connections == 0


async def test_hanging_up_ends_all_of_its_calls(github: FakeGitHub, alice: User) -> None:
    headers = await database.write(bearer, alice)
    for path in ("/users/{}", REPOSITORIES, EVENTS):
        github.answers[path.format("octocat")] = lambda _: silent()
    async with Listener(OVERVIEW.format("octocat"), headers=headers) as listener:
        await until(lambda: github.at_once == 3)
        await listener.hang_up()
    await until(lambda: github.at_once == 0)


async def test_nobody_and_guests_are_refused(web: httpx.AsyncClient, github: FakeGitHub) -> None:
    assert (await web.get(OVERVIEW.format("octocat"))).status_code == 401
    guest = await User.objects.acreate(username="guest-1", kind=User.Kind.GUEST)
    headers = await database.write(bearer, guest)
    assert (await web.get(OVERVIEW.format("octocat"), headers=headers)).status_code == 403
    assert github.connections == 0


async def test_one_person_asks_so_often(signed_in: httpx.AsyncClient) -> None:
    for _ in range(200):
        answer = await signed_in.get(OVERVIEW.format("a--b"))
        if answer.status_code == 429:
            break
    assert answer.json()["code"] == "rate_limited"
