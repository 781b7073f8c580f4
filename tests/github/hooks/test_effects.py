"""Effects: what a delivery brings about in a room, once, however often and by however many hooks it comes."""

import asyncio

import httpx
import pytest
from pytest_django import Settings

from chat import database
from chat.errors import Invalid
from chat.github.hooks import worker
from chat.github.hooks.effects import take_effect
from chat.github.models import Delivery
from chat.models import Message
from tests.cast import Cast, assert_log_is_whole
from tests.fakes.github.webhooks import Hook, example_of
from tests.github.subscriptions.telling import listen, told

URL = "/hooks/github"
OPENED = example_of("pull_request", "opened")


@pytest.fixture(autouse=True)
def _github_itself(settings: Settings) -> None:
    """The recorded events name GitHub's own site. Nothing here asks it."""
    settings.GITHUB_API_URL = "https://api.github.com"


@pytest.mark.django_db(transaction=True)
async def test_one_delivery_five_times_and_a_pair_of_hooks_tell_a_room_once(
    cast: Cast, web: httpx.AsyncClient, hook: Hook
) -> None:
    await database.write(listen, cast.alice, cast.private)
    posts = [hook.post(OPENED.kind, OPENED.payload, "of-the-repository")] * 5
    posts += [hook._replace(of="organization").post(OPENED.kind, OPENED.payload, "of-the-organisation")] * 5
    answers = await asyncio.gather(*(web.post(URL, **post.arguments) for post in posts))
    assert [answer.status_code for answer in answers] == [202] * 10
    await worker.work_off()
    for post in posts:
        await web.post(URL, **post.arguments)
    await worker.work_off()
    [message] = await database.call(told, cast.private)
    assert "opened pull request" in message.text
    states = {row.delivery_id: row.state async for row in Delivery.objects.all()}
    assert sorted(states.values()) == ["done", "duplicate"]
    await database.call(assert_log_is_whole, cast.private)


@pytest.mark.django_db(transaction=True)
async def test_a_delivery_is_told_without_waiting_for_the_periodic_job(
    cast: Cast, web: httpx.AsyncClient, hook: Hook
) -> None:
    await database.write(listen, cast.alice, cast.private)
    await web.post(URL, **hook.post(OPENED.kind, OPENED.payload).arguments)
    async with asyncio.timeout(30):
        while not await database.call(told, cast.private):
            await asyncio.sleep(0.01)


@pytest.mark.django_db
def test_one_effect_is_told_once_whoever_says_so(cast: Cast) -> None:
    listen(cast.alice, cast.private)
    for _ in range(2):
        take_effect(OPENED.kind, OPENED.body, "the same effect")
    assert len(told(cast.private)) == 1
    take_effect(OPENED.kind, OPENED.body, "another effect")
    assert len(told(cast.private)) == 2


@pytest.mark.django_db
def test_what_means_nothing_here_does_nothing(cast: Cast) -> None:
    before = Message.objects.count()
    take_effect("marketplace_purchase", b"{}", "a key")
    assert Message.objects.count() == before


@pytest.mark.django_db
def test_what_cannot_be_read_is_an_error_that_the_admin_can_show(cast: Cast) -> None:
    with pytest.raises(Invalid, match="no issues event"):
        take_effect("issues", b"{}", "a key")
