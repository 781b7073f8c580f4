"""Asking GitHub from a room: answered to whoever asked, no more than they may see, and holding nobody up."""

import asyncio

import pytest
from pytest_django import Settings

from chat import database, limits
from chat.github.subscriptions.changes import choose_default_repository
from chat.models import Message, Room
from tests.cast import Cast
from tests.consumers.test_attention import come
from tests.fakes.github import FakeGitHub
from tests.fakes.github.answers import failed
from tests.github.asking import link, until
from tests.github.words.conftest import Type, over_http

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "acme/secret"


@pytest.fixture
def secret(github: FakeGitHub, cast: Cast) -> None:
    """A private repository, which alice's own GitHub account may see."""
    hidden = github.world.add_repository(SECRET, private=True)
    hidden.add_issue(7, title="Nobody must know")
    github.world.add_token("of alice", "octocat", sees=[SECRET])
    link(cast.alice, "of alice")


async def test_an_account_is_answered_to_whoever_asked_and_posted_nowhere(cast: Cast, type_: Type) -> None:
    said = await type_(cast.bob, cast.lobby, "/github user @octocat")
    assert said.text.startswith("**[octocat](https://github.com/octocat)** · monalisa octocat\n")
    assert "20 followers · 2 public repositories" in said.text
    assert "<strong><a href=" in said.html
    assert not await database.call(Message.objects.exists)


async def test_a_repository_and_an_issue_and_a_pull_request(cast: Cast, github: FakeGitHub) -> None:
    hello = github.world.repository("octocat/hello-world")
    hello.add_pull(12, title="Say `hello` @room", state="merged")
    for asked in ("octocat/Hello-World#12", f"{github.url}/octocat/Hello-World/pull/12"):
        said = await over_http(cast.bob, cast.lobby, f"/github issue {asked}")
        assert "merged pull request" in said.text
        assert "<code>" not in said.html
        assert "mention" not in said.html
    said = await over_http(cast.bob, cast.lobby, "/github issue octocat/Hello-World#1")
    assert "open issue · by octocat" in said.text
    said = await over_http(cast.bob, cast.lobby, "/github repo OCTOCAT/hello-world")
    assert said.text.startswith("**[octocat/Hello-World](https://github.com/octocat/Hello-World)**")


async def test_a_room_of_a_repository_needs_no_name(cast: Cast) -> None:
    refused = await over_http(cast.bob, cast.lobby, "/github issue #1")
    assert (refused.code, "owner/name#12" in refused.detail) == ("invalid", True)
    await database.write(choose_default_repository, cast.alice, "lobby", "octocat/Hello-World")
    assert "[octocat/Hello-World#1 " in (await over_http(cast.bob, cast.lobby, "/github issue #1")).text
    assert "octocat/Hello-World" in (await over_http(cast.bob, cast.lobby, "/github repo")).text


async def test_side_by_side_one_bad_name_fails_no_other(cast: Cast, github: FakeGitHub) -> None:
    github.answers["octokitten"] = lambda _: failed()
    said = await over_http(cast.bob, cast.lobby, "/github compare octocat nobody-here octokitten torvalds")
    head, _, *rows = said.text.partition("\n\n")[0].splitlines()
    assert head == "|  | name | followers | public repositories |"
    assert [row.split("|")[1].strip().split("]")[0] for row in rows] == [
        "[octocat",
        "nobody-here",
        "octokitten",
        "[torvalds",
    ]
    assert "GitHub has no user nobody-here." in rows[1]
    assert "201,000" in rows[3]
    assert "<table>" in said.html
    query = "login=octocat&amp;login=nobody-here&amp;login=octokitten&amp;login=torvalds"
    assert f'href="/github/users?{query}"' in said.html
    said = await over_http(cast.bob, cast.lobby, "/github compare octocat/Hello-World no/such")
    assert "There is no repository no/such" in said.text


async def test_what_cannot_be_answered_is_a_typed_error_to_the_asker(cast: Cast) -> None:
    cases = {
        "user": "invalid",
        "user not--a-login": "invalid",
        "user nobody-here": "not_found",
        "repo": "invalid",
        "repo ../../etc": "invalid",
        "repo no/such": "not_found",
        "issue octocat/Hello-World#999": "not_found",
        "issue octocat/Hello-World#99999999999999": "invalid",
        "issue octocat": "invalid",
        "compare octocat": "invalid",
        "compare a b c d e f g h i": "invalid",
        "compare octocat octocat/Hello-World": "invalid",
        "user fifty-megabytes": "bad_gateway",
        "issue octocat/Hello-World1": "invalid",
    }
    codes = {text: (await over_http(cast.bob, cast.lobby, f"/github {text}")).code for text in cases}
    assert codes == cases


@pytest.mark.usefixtures("secret")
async def test_what_is_private_is_shown_to_whose_own_account_may_see_it(cast: Cast, type_: Type) -> None:
    for asked in (f"repo {SECRET}", f"issue {SECRET}#7", f"compare {SECRET} {SECRET}2"):
        seen = await type_(cast.alice, cast.lobby, f"/github {asked}")
        assert SECRET in seen.text
    for asked in (f"repo {SECRET}", f"issue {SECRET}#7"):
        hidden = await type_(cast.bob, cast.lobby, f"/github {asked}")
        missing = await type_(cast.bob, cast.lobby, f"/github {asked.replace(SECRET, 'acme/nothing')}")
        assert hidden.code == "not_found"
        assert hidden.detail == missing.detail.replace("acme/nothing", SECRET)


@pytest.mark.usefixtures("secret")
async def test_what_the_servers_token_sees_is_not_shown_for_that(
    cast: Cast, github: FakeGitHub, settings: Settings
) -> None:
    github.world.add_token("of the server", "octocat", sees=[SECRET])
    github.world.add_repository("acme/company", visibility="internal")
    settings.GITHUB_TOKEN = "of the server"
    for asked in (f"repo {SECRET}", f"issue {SECRET}#7", "repo acme/company"):
        assert (await over_http(cast.bob, cast.lobby, f"/github {asked}")).code == "not_found"
    assert github.calls(f"/repos/{SECRET}") == 1


@pytest.mark.usefixtures("secret")
async def test_a_withdrawn_token_still_shows_what_is_public(cast: Cast, github: FakeGitHub) -> None:
    github.world.revoke("of alice")
    assert (await over_http(cast.alice, cast.lobby, "/github repo octocat/Hello-World")).text
    assert (await over_http(cast.alice, cast.lobby, f"/github repo {SECRET}")).code == "not_found"


async def test_guests_ask_github_nothing_and_everybody_only_so_much(cast: Cast, github: FakeGitHub) -> None:
    assert (await over_http(cast.gus, cast.lobby, "/github user octocat")).code == "forbidden"
    assert github.requests == []
    assert (await over_http(cast.gus, cast.lobby, "/github help")).text
    for _ in range(int(limits.RATES["github"].burst)):
        limits.take("github", cast.bob.pk)
    assert (await over_http(cast.bob, cast.lobby, "/github user octocat")).code == "rate_limited"
    assert (await over_http(cast.alice, cast.lobby, "/github user octocat")).text


async def test_while_github_thinks_the_others_write_on(cast: Cast, github: FakeGitHub) -> None:
    github.hold(2)
    async with (
        await come(cast.bob, "/ws/chat/lobby/") as bob,
        await come(cast.alice, "/ws/chat/lobby/") as alice,
    ):
        await bob.send(type="slash", id="slow", text="/github user octocat")
        await until(lambda: len(github.requests) == 1)
        assert (await alice.ask("send", text="meanwhile"))["type"] == "ok"
        assert (await alice.ask("slash", text="/topic on"))["type"] == "ok"
        assert (await database.call(Room.objects.get, slug="lobby")).topic == "on"
        asked = asyncio.create_task(over_http(cast.alice, cast.lobby, "/github user torvalds"))
        assert "octocat" in (await bob.event("result"))["text"]
        assert "torvalds" in (await asked).text
        results = [event["text"] for event in alice.events if event["type"] == "result"]
        assert results == ["The topic is set."]


async def test_an_unknown_word_is_answered_with_the_help(cast: Cast, type_: Type) -> None:
    helped = await type_(cast.bob, cast.lobby, "/github help")
    assert all(f"/github {word} " in helped.text for word in ("user", "subscribe", "mute", "default"))
    assert (await type_(cast.bob, cast.lobby, "/github")).text == helped.text
    unknown = await type_(cast.bob, cast.lobby, "/github no*such")
    assert unknown.text == f"There is no /github no\\*such.\n\n{helped.text}"
