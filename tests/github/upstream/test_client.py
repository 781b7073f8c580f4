"""The client: bounds in time, number and size, and what each kind of trouble becomes."""

import asyncio
import json
from typing import Any

import pytest
from pytest_django import Settings

from chat.errors import BadGateway, ChatError, Forbidden, GatewayTimeout, NotFound, RateLimited
from chat.github.upstream import client, retries
from chat.github.upstream.client import Asked
from chat.github.upstream.governor import governor_of
from chat.github.upstream.identity import identity
from chat.github.upstream.spending import Spender
from chat.github.upstream.store import Kept
from chat.github.upstream.verdicts import Passing
from tests.fakes.github import MISBEHAVING, Answer, FakeGitHub, Request
from tests.github.asking import until

USERS = Spender("server", "users")


def body_of(kept: Kept) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(kept.body or b"{}")
    return told


async def read(login: str, token: str = "", known: Kept | None = None) -> Kept:
    async with client.shared() as github:
        return await github.read(Asked(f"/users/{login}", token, USERS, known))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further tries come at once."""
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.001)


async def test_a_resource_is_asked_for_as_github_wants_it(github: FakeGitHub) -> None:
    assert body_of(await read("octocat"))["login"] == "octocat"
    assert github.requests[0].headers["accept"] == "application/vnd.github+json"
    assert github.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("login", "error", "words"),
    [
        ("nobody-here", NotFound, "does not know"),
        ("answers-500", BadGateway, "status 500"),
        ("answers-503", Passing, "status 503"),
        ("forbidden", Forbidden, "not let"),
        ("answers-html", BadGateway, "not JSON"),
        ("rate-limited", RateLimited, "rate limit"),
        ("rate-limited-twice", RateLimited, "rate limit"),
        ("bad-credentials", BadGateway, "token"),
        ("fifty-megabytes", BadGateway, "too long"),
        ("fifty-megabytes-in-chunks", BadGateway, "too long"),
        ("compressed", BadGateway, "encoding"),
        ("moved-to-another-host", BadGateway, "another host"),
        ("going-round", BadGateway, "circles"),
        ("hangs-up", BadGateway, "broke off"),
    ],
)
async def test_each_kind_of_trouble_is_one_typed_error(
    login: str, error: type[ChatError], words: str, impatient: None
) -> None:
    with pytest.raises(error, match=words):
        await read(login)


async def test_after_any_trouble_the_client_still_works(github: FakeGitHub, impatient: None) -> None:
    for login in ("fifty-megabytes-in-chunks", "hangs-up", "compressed"):
        with pytest.raises(BadGateway):
            await read(login)
    assert body_of(await read("octocat"))["login"] == "octocat"


async def test_silence_is_a_gateway_timeout(settings: Settings) -> None:
    settings.GITHUB_READ_TIMEOUT_SECONDS = 0.1
    with pytest.raises(GatewayTimeout):
        await read("never-answers")


async def test_an_answer_that_only_drips_ends_with_the_total_time(settings: Settings) -> None:
    settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 1.5  # longer than the pause between two bytes
    with pytest.raises(GatewayTimeout):
        await read("one-byte-a-second")


async def test_waiting_for_a_slot_counts_as_time(settings: Settings, github: FakeGitHub) -> None:
    settings.GITHUB_MOST_CALLS_AT_ONCE = 1
    settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 0.3
    outcomes = await asyncio.gather(
        *(read(login) for login in ("never-answers", "octocat")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [GatewayTimeout, GatewayTimeout]
    assert github.calls("octocat") == 0


async def test_nobody_listening_is_a_bad_gateway(settings: Settings, impatient: None) -> None:
    with FakeGitHub() as gone:
        settings.GITHUB_API_URL = gone.url
    with pytest.raises(BadGateway, match="could not be reached"):
        await read("octocat")


async def test_a_renamed_account_is_followed_on_the_same_host(github: FakeGitHub) -> None:
    assert body_of(await read("renamed-user", token="a token"))["login"] == "octocat"
    assert [request.path for request in github.requests] == ["/users/renamed-user", "/users/octocat"]
    assert github.requests[1].headers["authorization"] == "Bearer a token"


async def test_another_host_never_hears_of_us(github: FakeGitHub) -> None:
    with FakeGitHub() as stranger:
        github.answers["moved"] = lambda _: Answer(302, {"location": f"{stranger.url}/users/octocat"}, (), 0)
        with pytest.raises(BadGateway, match="another host"):
            await read("moved", token="a token")
        assert stranger.connections == 0


async def test_the_limits_of_github_tell_when_to_come_back() -> None:
    with pytest.raises(RateLimited) as hourly:
        await read("rate-limited")
    with pytest.raises(RateLimited) as secondary:
        await read("rate-limited-twice", token="another credential, which does not cool down")
    assert hourly.value.retry_after == pytest.approx(90, abs=20)
    assert secondary.value.retry_after == 42


async def test_what_is_known_is_asked_for_by_its_marks_and_confirmed(github: FakeGitHub) -> None:
    first = await read("octocat")
    again = await read("octocat", known=first)
    assert [exchange.status for exchange in github.record] == [200, 304]
    assert again.body is first.body
    assert again.confirmed_at > first.confirmed_at
    github.world.add_person("octocat", name="Somebody else")
    assert body_of(await read("octocat", known=again))["name"] == "Somebody else"


async def test_without_an_etag_the_time_of_the_last_change_does(github: FakeGitHub) -> None:
    github.conditions.etags = False
    first = await read("octocat")
    assert (await read("octocat", known=first)).body is first.body
    assert "if-modified-since" in github.requests[1].headers


async def test_marks_come_along_to_where_a_renamed_account_is_now(github: FakeGitHub) -> None:
    first = await read("renamed-user")
    assert (await read("renamed-user", known=first)).body is first.body
    assert [exchange.status for exchange in github.record] == [301, 200, 301, 304]


async def test_a_304_that_nobody_asked_for_is_nonsense(github: FakeGitHub) -> None:
    github.answers["octocat"] = lambda _: Answer(304, {}, (), 0)
    with pytest.raises(BadGateway):
        await read("octocat")


@pytest.mark.parametrize("trouble", ["answers-503", "hangs-up"])
async def test_what_fails_in_passing_is_tried_again(
    trouble: str, github: FakeGitHub, impatient: None
) -> None:
    github.once("/users/octocat", *[lambda _: MISBEHAVING[trouble]()] * 2)
    assert body_of(await read("octocat"))["login"] == "octocat"
    assert github.calls("octocat") == 3


@pytest.mark.parametrize(("login", "calls"), [("answers-503", 3), ("answers-500", 1), ("nobody-here", 1)])
async def test_tries_are_few_and_only_for_what_may_pass(
    login: str, calls: int, github: FakeGitHub, impatient: None
) -> None:
    with pytest.raises(ChatError):
        await read(login)
    assert github.calls(login) == calls


async def test_no_further_try_comes_after_the_total_time(
    github: FakeGitHub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 3_600.0)
    with pytest.raises(Passing):
        await read("answers-503")
    assert github.calls("answers-503") == 1


async def test_ten_calls_overlap(github: FakeGitHub) -> None:
    github.hold(10)  # nobody is answered before all ten are there
    await asyncio.gather(*(read("octocat") for _ in range(10)))
    assert github.most_at_once == 10


async def test_never_more_calls_at_once_than_the_semaphore_allows(
    github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_MOST_CALLS_AT_ONCE = 3
    github.hold(3)
    await asyncio.gather(*(read("octocat") for _ in range(12)))
    assert (len(github.requests), github.most_at_once) == (12, 3)


async def test_who_waited_for_a_place_makes_no_call_once_github_refuses(
    github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_MOST_CALLS_AT_ONCE = 1
    github.delay_seconds = 0.1
    github.limits.refuse(times=1, retry_after=600)
    outcomes = await asyncio.gather(*(read(login) for login in ("octocat", "hubot")), return_exceptions=True)
    assert all(isinstance(outcome, RateLimited) for outcome in outcomes)
    assert len(github.requests) == 1


async def test_nobody_queues_for_a_refusal(github: FakeGitHub, settings: Settings) -> None:
    settings.GITHUB_MOST_CALLS_AT_ONCE = 1
    settings.GITHUB_READ_TIMEOUT_SECONDS = settings.GITHUB_TOTAL_TIMEOUT_SECONDS = 600
    slow = asyncio.create_task(read("never-answers"))
    await until(lambda: github.at_once == 1)
    governor_of(identity("")).rest(600)
    with pytest.raises(RateLimited):
        await read("octocat")
    assert not slow.done()
    slow.cancel()
    await asyncio.wait([slow])


async def test_all_askers_of_a_loop_share_one_client_and_its_connections(github: FakeGitHub) -> None:
    for _ in range(5):
        await read("octocat")
    async with client.shared() as one, client.shared() as other:
        assert one is other
    assert github.connections == 1


async def test_the_client_closes_when_nobody_asks(
    github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "IDLE_SECONDS", 0.05)
    async with client.shared() as first:
        await asyncio.sleep(0.2)
        async with client.shared() as second:
            assert second is first  # in use, so kept
    await asyncio.sleep(0.3)
    async with client.shared() as third:
        assert third is not first
    with pytest.raises(RuntimeError, match="closed"):
        await first.read(Asked("/users/octocat", "", USERS))


def test_the_client_closes_with_its_loop(github: FakeGitHub) -> None:
    """A leak would be a ResourceWarning, and so a failure."""
    for _ in range(3):
        asyncio.run(read("octocat"))
    assert github.connections == 3


async def test_cookies_of_one_credential_do_not_go_with_another(github: FakeGitHub) -> None:
    def answer(request: Request) -> Answer:
        body = b'{"login": "baker", "followers": 1}'
        kind = {"content-type": "application/json", "set-cookie": "who=first; Path=/"}
        return Answer(200, kind, (body,), len(body))

    github.answers["baker"] = answer
    await read("baker", token="first")
    await read("baker", token="second")
    assert all("cookie" not in request.headers for request in github.requests)


async def test_the_loop_goes_on_while_github_is_silent(github: FakeGitHub) -> None:
    github.hold(2)  # the first call is not answered until there is a second
    call = asyncio.create_task(read("octocat"))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not call.done()
    await read("torvalds")
    assert body_of(await call)["login"] == "octocat"


async def test_an_address_with_a_path_keeps_it(github: FakeGitHub, settings: Settings) -> None:
    settings.GITHUB_API_URL = f"{github.url}/api/v3"
    with pytest.raises(NotFound):
        await read("octocat")
    assert github.requests[0].path == "/api/v3/users/octocat"
