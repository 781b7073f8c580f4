"""A GitHub that misbehaves is waited for by those alone who ask it: the chat goes on beside it."""

import json

import httpx
import pytest
from pytest_django import Settings

from tests.consumers.socket import Socket
from tests.fakes.github import FakeGitHub
from tests.fakes.github.messages import plain_answer
from tests.github.asking import Listener, until

pytestmark = pytest.mark.django_db(transaction=True)

STREAM = "/api/github/stream"


async def test_a_message_is_passed_on_while_github_drips_floods_and_stays_silent(
    github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_READ_TIMEOUT_SECONDS = settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 600
    asked = ["one-byte-a-second", "never-answers", "fifty-megabytes", "fifty-megabytes-in-chunks"]
    async with Socket(plain=True) as socket, Listener(STREAM, asked) as listener:
        await until(lambda: len(github.requests) == len(asked))
        await socket.send(message="meanwhile")
        assert await socket.receive() == {"message": "meanwhile"}
        flooded = [json.loads(await listener.piece()) for _ in range(2)]
        assert {(item["index"], item["error"]["code"]) for item in flooded} == {
            (2, "bad_gateway"),
            (3, "bad_gateway"),
        }
        await socket.send(message="and now")
        assert await socket.receive() == {"message": "and now"}
        # The other two are waited for to this moment.
        await until(lambda: github.at_once == 2)


async def test_a_redirect_to_another_server_of_this_machine_is_not_followed(
    web: httpx.AsyncClient, github: FakeGitHub
) -> None:
    with FakeGitHub() as inside:
        away = f"{inside.url}/users/octocat"
        github.answers["octocat"] = lambda _: plain_answer(b"{}", 302, location=away)
        answer = await web.get("/api/github/users/octocat")
        assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")
        assert inside.connections == 0
