"""The views about GitHub accounts over ASGI: what they answer, in which order, to whom and how often."""

import asyncio
from typing import Any

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from chat import database
from chat.models import User
from tests.fakes.github import PEOPLE, FakeGitHub
from tests.github.asking import Listener, bearer, logins, until

pytestmark = pytest.mark.django_db(transaction=True)

USERS = "/api/github/users"
TEN = [login for login in PEOPLE if login != "codertocat"][:10]


def usernames(answer: httpx.Response) -> list[str]:
    return [user["username"] for user in answer.json()["users"]]


async def test_users_gives_two_well_known_people_by_default(web: httpx.AsyncClient) -> None:
    answer = await web.get(USERS)
    assert answer.status_code == 200
    assert usernames(answer) == ["torvalds", "gvanrossum"]
    assert answer.json()["errors"] == []


async def test_users_gives_exactly_the_objects_of_the_contract(web: httpx.AsyncClient) -> None:
    answer = await web.get(USERS, params=logins("octocat", "nobody-here"))
    assert answer.json() == {
        "users": [
            {
                "username": "octocat",
                "name": "monalisa octocat",
                "followers": 20,
                "public_repos": 2,
                "avatar_url": "https://github.com/images/error/octocat_happy.gif",
                "html_url": "https://github.com/octocat",
            }
        ],
        "errors": [
            {
                "username": "nobody-here",
                "status": 404,
                "code": "not_found",
                "detail": "GitHub has no user nobody-here.",
            }
        ],
    }


async def test_ten_users_are_fetched_at_the_same_time(web: httpx.AsyncClient, github: FakeGitHub) -> None:
    github.delay_seconds = 0.3
    github.hold(10)  # nobody is answered before all ten are there
    answer = await web.get(USERS, params=logins(*TEN))
    assert usernames(answer) == TEN
    assert github.most_at_once == 10


async def test_a_call_for_many_users_keeps_to_the_semaphore(
    web: httpx.AsyncClient, github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_MOST_CALLS_AT_ONCE = 4
    github.hold(4)
    answer = await web.get(USERS, params=logins(*TEN))
    assert usernames(answer) == TEN
    assert github.most_at_once == 4


async def test_one_bad_name_never_fails_the_rest_and_the_order_is_kept(
    web: httpx.AsyncClient, settings: Settings
) -> None:
    settings.GITHUB_READ_TIMEOUT_SECONDS = 1.0
    asked = [
        *("torvalds", "nobody-here", "octocat", "answers-500", "hubot", "never-answers"),
        *("mojombo", "answers-malformed", "no--login", "rate-limited"),
    ]
    answer = await web.get(USERS, params=logins(*asked))
    assert answer.status_code == 200
    assert usernames(answer) == ["torvalds", "octocat", "hubot", "mojombo"]
    errors = [(error["username"], error["status"], error["code"]) for error in answer.json()["errors"]]
    assert errors == [
        ("nobody-here", 404, "not_found"),
        ("answers-500", 502, "bad_gateway"),
        ("never-answers", 504, "gateway_timeout"),
        ("answers-malformed", 502, "bad_gateway"),
        ("no--login", 400, "invalid"),
        ("rate-limited", 429, "rate_limited"),
    ]
    assert all(error["detail"] for error in answer.json()["errors"])


async def test_a_name_asked_for_twice_keeps_both_places_and_costs_one_call(
    web: httpx.AsyncClient, github: FakeGitHub
) -> None:
    answer = await web.get(USERS, params=logins("hubot", "octocat", "hubot"))
    assert usernames(answer) == ["hubot", "octocat", "hubot"]
    assert github.calls("hubot") == 1


async def test_fifty_logins_are_the_most_and_ten_for_somebody_unknown(
    web: httpx.AsyncClient, github: FakeGitHub, alice: User
) -> None:
    names = [f"nobody-{number}" for number in range(51)]
    known = {"headers": await database.write(bearer, alice)}

    async def status(count: int, **headers: Any) -> int:
        return (await web.get(USERS, params=logins(*names[:count]), **headers)).status_code

    assert (await status(10), await status(11)) == (200, 400)
    assert (await status(50, **known), await status(51, **known)) == (200, 400)


async def test_too_many_logins_are_refused_in_the_form_of_the_api(
    web: httpx.AsyncClient, github: FakeGitHub
) -> None:
    answer = await web.get(USERS, params=logins(*["octocat"] * 51))
    assert answer.status_code == 400
    assert answer.json().keys() == {"code", "detail", "retryable", "retry_after", "field"}
    assert (answer.json()["code"], answer.json()["field"]) == ("invalid", "login")
    assert github.connections == 0


async def test_a_guest_has_the_bounds_of_somebody_unknown(web: httpx.AsyncClient) -> None:
    guest = await User.objects.acreate(username="guest-1", kind=User.Kind.GUEST)
    headers = await database.write(bearer, guest)
    answer = await web.get(USERS, params=logins(*["octocat"] * 11), headers=headers)
    assert answer.status_code == 400


async def test_a_token_that_does_not_hold_is_unauthenticated(web: httpx.AsyncClient) -> None:
    answer = await web.get(USERS, headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_session_signs_in_too(web: httpx.AsyncClient, alice: User) -> None:
    client = Client()
    await database.write(client.force_login, alice)
    web.cookies.set("sessionid", client.cookies["sessionid"].value)
    answer = await web.get(USERS, params=logins(*["octocat"] * 50))
    assert len(usernames(answer)) == 50


async def test_somebody_unknown_asks_so_often_and_somebody_signed_in_goes_on(
    web: httpx.AsyncClient, alice: User
) -> None:
    headers = await database.write(bearer, alice)
    url = f"{USERS}/octocat"
    for _ in range(200):
        answer = await web.get(url)
        if answer.status_code != 200:
            break
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) >= 1
    assert (await web.get(url, headers=headers)).status_code == 200


async def test_user_gives_one_account(web: httpx.AsyncClient) -> None:
    answer = await web.get(f"{USERS}/gvanrossum")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["username"] == "gvanrossum"


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [
        ("nobody-here", 404, "not_found"),
        ("-x-", 400, "invalid"),
        ("answers-500", 502, "bad_gateway"),
        ("answers-html", 502, "bad_gateway"),
        ("fifty-megabytes", 502, "bad_gateway"),
        ("moved-to-another-host", 502, "bad_gateway"),
        ("one-byte-a-second", 504, "gateway_timeout"),
        ("never-answers", 504, "gateway_timeout"),
    ],
)
async def test_user_tells_the_trouble_by_its_status(
    web: httpx.AsyncClient, settings: Settings, login: str, status: int, code: str
) -> None:
    settings.GITHUB_READ_TIMEOUT_SECONDS = 1.5
    settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 2.0
    answer = await web.get(f"{USERS}/{login}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_githubs_rate_limit_is_ours_with_the_time_to_wait(web: httpx.AsyncClient) -> None:
    answer = await web.get(f"{USERS}/rate-limited-twice")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer.headers["retry-after"] == "42"
    assert (answer.json()["retryable"], answer.json()["retry_after"]) == (True, 42)


async def test_a_name_that_no_text_may_hold_spoils_only_itself(web: httpx.AsyncClient) -> None:
    answer = await web.get(USERS, params=logins("octocat", "\0", ""))
    assert usernames(answer) == ["octocat"]
    assert [error["code"] for error in answer.json()["errors"]] == ["invalid", "invalid"]


async def test_the_views_stand_in_the_description_of_the_api(web: httpx.AsyncClient) -> None:
    paths = (await web.get("/api/openapi.json")).json()["paths"]
    (parameter,) = paths[USERS]["get"]["parameters"]
    assert (parameter["name"], parameter["in"], parameter["schema"]["type"]) == ("login", "query", "array")
    assert f"{USERS}/{{login}}" in paths


@pytest.mark.parametrize("path", [USERS, f"{USERS}/octocat", f"{USERS}/sync"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused_in_the_form_of_the_api(
    web: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await web.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


async def test_head_is_answered_like_get(web: httpx.AsyncClient) -> None:
    assert (await web.head(f"{USERS}/octocat")).status_code == 200
    assert (await web.head(f"{USERS}/nobody-here")).status_code == 404


async def test_the_synchronous_twin_answers_the_same(web: httpx.AsyncClient) -> None:
    params = logins("octocat", "nobody-here", "torvalds")
    twin = await web.get(f"{USERS}/sync", params=params)
    assert twin.status_code == 200
    assert twin.json() == (await web.get(USERS, params=params)).json()


async def test_who_waits_for_github_holds_nobody_up(web: httpx.AsyncClient, github: FakeGitHub) -> None:
    await web.get(f"{USERS}/octocat")
    github.hold(2)  # the next call is not answered until another one comes
    waiting = asyncio.create_task(web.get(f"{USERS}/torvalds"))
    await until(lambda: github.at_once == 1)
    assert (await web.get(f"{USERS}/octocat")).status_code == 200
    assert not waiting.done()
    await web.get(f"{USERS}/hubot")
    assert (await waiting).status_code == 200


async def test_hanging_up_ends_the_call_to_github(github: FakeGitHub) -> None:
    async with Listener(f"{USERS}/never-answers") as listener:
        await until(lambda: github.at_once == 1)
        await listener.hang_up()
        await until(lambda: github.at_once == 0)
        assert listener.said.empty()
