"""The whole way: GitHub delivers, again and by several hooks, and those who are in the room read it once."""

import json

import httpx
import pytest
from pytest_django import Settings

from chat import database
from chat.github.hooks import worker
from tests.cast import Cast
from tests.consumers.test_attention import come
from tests.fakes.github import FakeGitHub
from tests.fakes.github.webhooks import Hook, example_of
from tests.github.subscriptions.telling import listen, told

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_event_is_read_once_however_often_and_by_whichever_hook_it_comes(
    cast: Cast, web: httpx.AsyncClient, github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_WEBHOOK_SECRETS = ["the secret"]
    hooks = Hook("the secret"), Hook("the secret", of="organization")
    await database.write(listen, cast.alice, cast.private, "pulls", "reviews")
    async with await come(cast.bob, f"/ws/chat/{cast.private.slug}/") as bob:
        await bob.event("subscribed")
        for kind, action in (("pull_request", "opened"), ("pull_request_review", "submitted")):
            # As a GitHub tells it whose site is here.
            told_there = json.dumps(example_of(kind, action).payload)
            payload = json.loads(told_there.replace("https://github.com", github.url))
            for hook in hooks * 5:
                await web.post("/hooks/github", **hook.post(kind, payload).arguments)
            await worker.work_off()
        begun = (await bob.event("message"))["message"]
        # The first message comes once more with its count of replies.
        while (followed := (await bob.event("message"))["message"])["thread"] is None:
            pass
    root, reply = await database.call(told, cast.private)
    assert [begun["id"], followed["id"]] == [root.pk, reply.pk]
    assert (begun["author"]["name"], begun["author"]["kind"]) == ("GitHub", "bot")
    assert [card["url"] for card in begun["cards"]] == [f"{github.url}/Codertocat/Hello-World/pull/2"]
    assert (followed["thread"], root.replies) == (root.pk, 1)
