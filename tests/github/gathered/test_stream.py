"""The aggregate as it arrives: who comes first is told first, trouble is a line, and hanging up ends the rest."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from chat import database
from chat.models import User
from tests.fakes.github import PEOPLE, FakeGitHub
from tests.github.asking import Listener, bearer, get_wsgi, logins, until
from tests.programs import Program
from tests.services import environment
from tests.wire import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

STREAM = "/api/github/stream"
SSE = {"Accept": "text/event-stream"}


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def patient(settings: Settings) -> None:
    """No call ends by itself while a test looks."""
    settings.GITHUB_READ_TIMEOUT_SECONDS = settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 600


def only_silent(github: FakeGitHub) -> bool:
    """Whether the one that never answers is being asked for, and nobody else."""
    return github.calls("never-answers") == 1 and github.at_once == 1


def others() -> set["asyncio.Task[Any]"]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_each_line_is_exactly_the_object_of_the_contract(
    web: httpx.AsyncClient, github: FakeGitHub
) -> None:
    answer = await web.get(STREAM, params=logins("OctoCat", "nobody-here"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["cache-control"] == "no-store"
    *items, end = lines(answer)
    found, missing = sorted(items, key=lambda item: int(item["index"]))
    user = (await web.get("/api/github/users/octocat")).json()
    one = {"index": 0, "username": "OctoCat", "status": "ok", "source": "live", "age": 0, "user": user}
    assert found == one
    [error] = (await web.get("/api/github/users", params=logins("nobody-here"))).json()["errors"]
    other = {"index": 1, "username": "nobody-here", "status": "error", "source": "live", "age": 0}
    assert missing == {**other, "error": error}
    assert (end["done"], end["ok"], end["failed"]) == (True, 1, 1)
    quota = end["quota"]
    assert (quota["limit"], quota["remaining"]) == (5000, 4998)
    assert datetime.fromisoformat(quota["reset"]).timestamp() == github.reset
    assert quota["reset"].endswith(".000Z")


async def test_without_a_name_two_well_known_people_come(web: httpx.AsyncClient) -> None:
    *items, end = lines(await web.get(STREAM))
    assert {item["username"] for item in items} == {"torvalds", "gvanrossum"}
    assert end["ok"] == 2


async def test_who_is_known_first_is_told_first(github: FakeGitHub, patient: None) -> None:
    async with Listener(STREAM, ["never-answers", "octocat", "no--login"]) as listener:
        arrived = [json.loads(await listener.piece()) for _ in range(2)]
        assert [(item["index"], item["status"]) for item in arrived] == [(2, "error"), (1, "ok")]
        await until(lambda: only_silent(github))  # the other one is still being asked for


async def test_hanging_up_ends_the_calls_to_github(github: FakeGitHub, patient: None) -> None:
    async with Listener(STREAM, ["never-answers", "one-byte-a-second", "octocat"]) as listener:
        await listener.piece()
        await until(lambda: github.at_once == 2)
        await listener.hang_up()
    await until(lambda: github.at_once == 0)
    # No task of the stream is left either: only this test's own and the keeper of the HTTP client.
    await until(lambda: {task.get_name() for task in others()} <= {"github client"})


async def test_hanging_up_takes_nothing_from_others_who_wait(github: FakeGitHub, patient: None) -> None:
    github.hold(2)  # the first is not answered until there is a second
    asked = ["torvalds", "no--login"]
    async with Listener(STREAM, asked) as gone, Listener(STREAM, asked) as waiting:
        for each in (gone, waiting):
            assert json.loads(await each.piece())["status"] == "error"  # so it asks for the other one by now
        await until(lambda: github.at_once == 1)
        await gone.hang_up()
        async with Listener(STREAM, ["octocat"]) as other:
            assert json.loads(await other.piece())["status"] == "ok"
        assert json.loads(await waiting.piece())["user"]["username"] == "torvalds"
    assert github.calls("torvalds") == 1


async def test_each_kind_of_trouble_is_a_line_of_its_own(web: httpx.AsyncClient, settings: Settings) -> None:
    settings.GITHUB_READ_TIMEOUT_SECONDS = 2
    asked = ["octocat", "answers-500", "never-answers", "no--login", "\0", "rate-limited", "octocat"]
    *items, end = lines(await web.get(STREAM, params=logins(*asked)))
    items.sort(key=lambda item: int(item["index"]))
    assert [item["username"] for item in items] == asked
    told = [(item["error"]["status"], item["source"], item["age"]) for item in items if "error" in item]
    unasked, silent = (400, None, None), (504, None, None)
    assert told == [(502, "live", 0), silent, unasked, unasked, (429, "live", 0)]
    assert (end["ok"], end["failed"]) == (2, 5)


async def test_what_github_did_not_say_itself_has_no_source(
    web: httpx.AsyncClient, github: FakeGitHub, settings: Settings
) -> None:
    async def told(login: str) -> tuple[int, str | None, float | None]:
        item, _ = lines(await web.get(STREAM, params=logins(login)))
        return item["error"]["status"], item["source"], item["age"]

    assert await told("hangs-up") == (502, None, None)
    for login in ("answers-malformed", "answers-html", "moved-to-another-host"):
        assert await told(login) == (502, "live", 0)
    assert await told("forbidden") == (403, "live", 0)
    assert await told("rate-limited") == (429, "live", 0)
    calls = len(github.requests)
    assert await told("octocat") == (429, None, None)
    assert len(github.requests) == calls


async def test_a_fault_of_our_own_spoils_its_line_only_and_is_logged(
    web: httpx.AsyncClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.GITHUB_TOKEN = "\N{SNOWMAN}"  # which no header can hold
    item, end = lines(await web.get(STREAM, params=logins("octocat")))
    assert (item["error"]["code"], end["failed"]) == ("unavailable", 1)
    assert "nobody thought of" in caplog.text


async def test_what_is_remembered_says_so_and_how_old_it_is(
    web: httpx.AsyncClient, github: FakeGitHub
) -> None:
    params = logins("octocat", "nobody-here")
    await web.get(STREAM, params=params)
    await asyncio.sleep(0.01)
    *items, _ = lines(await web.get(STREAM, params=params))
    assert [item["source"] for item in items] == ["cache", "cache"]
    assert all(0 < item["age"] < 60 for item in items)
    assert len(github.requests) == 2


async def test_whoever_comes_back_gets_what_they_do_not_have(
    web: httpx.AsyncClient, github: FakeGitHub
) -> None:
    asked = {**logins("octocat", "hubot", "octocat", "torvalds"), "have": ["0", "3", "77"]}
    *items, end = lines(await web.get(STREAM, params=asked))
    assert {(item["index"], item["username"]) for item in items} == {(1, "hubot"), (2, "octocat")}
    assert (end["ok"], end["failed"]) == (2, 0)
    assert github.calls("torvalds") == 0
    assert lines(await web.get(STREAM, params={**logins("octocat"), "have": "0"}))[0]["done"]


@pytest.mark.parametrize(
    ("have", "why"), [("first", "Expected `int`, got `str`"), ("-1", "`int` >= 0"), ("100", "`int` <= 99")]
)
async def test_what_is_no_place_is_refused_in_words(web: httpx.AsyncClient, have: str, why: str) -> None:
    wrong = await web.get(STREAM, params={**logins("octocat"), "have": ["0", have]})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "have")
    assert wrong.json()["detail"].startswith("The field 'have' is not right: ")
    assert why in wrong.json()["detail"]


async def test_the_quota_is_null_as_long_as_github_has_told_nothing(web: httpx.AsyncClient) -> None:
    _, end = lines(await web.get(STREAM, params=logins("no--login")))
    assert end["quota"] == {"limit": None, "remaining": None, "reset": None}


async def test_an_event_source_gets_events(web: httpx.AsyncClient) -> None:
    answer = await web.get(STREAM, params=logins("octocat", "hubot"), headers=SSE)
    assert answer.headers["content-type"] == "text/event-stream"
    *events, rest = answer.text.split("\n\n")
    assert rest == ""
    fields, values = zip(*(event.split(": ", 1) for event in events), strict=True)
    assert set(fields) == {"data"}
    assert [json.loads(value).get("status", "done") for value in values] == ["ok", "ok", "done"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/x-ndjson"),
        ("text/html,*/*;q=0.8", "application/x-ndjson"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("text/event-stream, application/x-ndjson;q=0.5", "text/event-stream"),
    ],
)
async def test_the_form_is_the_one_asked_for(web: httpx.AsyncClient, accept: str, kind: str) -> None:
    answer = await web.get(STREAM, params=logins("octocat"), headers={"Accept": accept})
    assert answer.headers["content-type"] == kind


async def test_another_form_is_not_acceptable(web: httpx.AsyncClient, github: FakeGitHub) -> None:
    answer = await web.get(STREAM, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    assert github.connections == 0


async def test_fifty_logins_are_the_most_and_ten_for_somebody_unknown(
    web: httpx.AsyncClient, alice: User
) -> None:
    known = await database.write(bearer, alice)

    async def status(count: int, headers: dict[str, str]) -> int:
        return (await web.get(STREAM, params=logins(*["octocat"] * count), headers=headers)).status_code

    assert (await status(10, {}), await status(11, {})) == (200, 400)
    assert (await status(50, known), await status(51, known)) == (200, 400)


async def test_somebody_unknown_asks_so_often_and_is_refused_before_the_stream_begins(
    web: httpx.AsyncClient,
) -> None:
    for _ in range(200):
        answer = await web.get(STREAM, params=logins("octocat"))
        if answer.status_code != 200:
            break
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) >= 1


async def test_the_stream_stands_in_the_description_of_the_api(web: httpx.AsyncClient) -> None:
    described = (await web.get("/api/openapi.json")).json()["paths"][STREAM]["get"]["responses"]["200"]
    assert set(described["content"]) == {"application/x-ndjson", "text/event-stream"}
    for media in described["content"].values():
        assert [each["$ref"].rpartition("/")[2] for each in media["schema"]["anyOf"]] == [
            "Arrived",
            "Missing",
            "End",
        ]


def test_under_wsgi_the_same_lines_come_all_at_the_end() -> None:
    status, body = get_wsgi(STREAM, "login=octocat&login=nobody-here")
    items = [json.loads(line) for line in body.splitlines()]
    assert status == "200 OK"
    assert {item.get("username", "end") for item in items} == {"octocat", "nobody-here", "end"}
    assert (items[-1]["ok"], items[-1]["failed"]) == (1, 1)


@pytest.fixture
def url(installation: dict[str, str], github: FakeGitHub) -> Iterator[str]:
    """The product's own server, which waits for GitHub longer than any test."""
    patient = {"GITHUB_READ_TIMEOUT_SECONDS": "600", "GITHUB_TOTAL_TIMEOUT_SECONDS": "600"}
    settings = {**installation, "REDIS_URL": environment.redis.url, "GITHUB_API_URL": github.url, **patient}
    with Program.manage("serve", "--migrate", "--port", "0", "--no-jobs", **settings) as server:
        yield server.url()
        assert server.end() == 0
        assert "Traceback" not in server.output


@pytest.mark.parametrize("headers", [{}, SSE])
def test_the_server_sends_each_item_at_once_and_hears_the_hanging_up(
    url: str, github: FakeGitHub, headers: dict[str, str]
) -> None:
    asked = logins("never-answers", "octocat")
    with httpx.stream("GET", url + STREAM, params=asked, headers=headers, timeout=PATIENCE_S) as answer:
        arriving = answer.iter_lines()  # kept, because an iterator that goes away hangs up
        first = json.loads(next(arriving).removeprefix("data: "))
        assert first["user"]["username"] == PEOPLE["octocat"]["login"]
        asyncio.run(until(lambda: only_silent(github)))
    asyncio.run(until(lambda: github.at_once == 0))
