"""The one door to GitHub: whose answer it is, where it comes from, how old it is, and what it costs."""

import asyncio
from dataclasses import replace

import msgspec
import pytest
from pytest_django import Settings

from chat.errors import BadGateway, Forbidden, NotFound, RateLimited
from chat.github.resources import Sourced, TokenRefused, fetch, find
from chat.github.upstream import retries
from chat.github.upstream.governor import governor_of
from chat.github.upstream.identity import identity
from tests.fakes.github import MISBEHAVING, FakeGitHub
from tests.github.asking import until

# What meets a limit is told to other processes.
with_others = pytest.mark.django_db(transaction=True)

PULL = "/repos/octocat/Hello-World/pulls/2"
CELLAR = "/repos/octocat/cellar"


class Pull(msgspec.Struct):
    state: str
    merged: bool


class Named(msgspec.Struct):
    name: str


class Numbered(msgspec.Struct):
    name: int


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.001)


@pytest.fixture
def forgetful(settings: Settings) -> None:
    """What is kept is old at once."""
    settings.GITHUB_CACHE_SECONDS = 0.0


@pytest.fixture
def cellar(github: FakeGitHub) -> str:
    """A private repository, and the token that may see it."""
    github.world.add_repository("octocat/cellar", private=True)
    github.world.add_token("key", "octocat", sees=["octocat/cellar"])
    return "key"


async def pull(fresh: bool = False) -> Sourced[Pull]:
    return await fetch(PULL, Pull, feature="card", fresh=fresh)


async def test_an_answer_is_live_then_kept_then_revalidated(github: FakeGitHub, settings: Settings) -> None:
    told = [await pull(), await pull()]
    settings.GITHUB_CACHE_SECONDS = 0.0
    told.append(await pull())
    assert [each.source for each in told] == ["live", "cache", "revalidated"]
    assert [each.value for each in told] == [Pull("open", False)] * 3
    assert (told[0].age, told[1].age > 0, told[2].age) == (0, True, 0)
    assert [exchange.status for exchange in github.record] == [200, 304]


async def test_a_pull_request_is_followed_to_its_merge(github: FakeGitHub, forgetful: None) -> None:
    seen = []
    for state in ("open", "review", "merged"):
        github.world.repository("octocat/Hello-World").move_pull(2, state)
        seen.append(await pull())
    assert [each.source for each in seen] == ["live"] * 3
    assert seen[-1].value == Pull("closed", True)


async def test_fresh_asks_github_although_what_is_kept_is_young(github: FakeGitHub) -> None:
    await pull()
    assert (await pull(fresh=True)).source == "revalidated"
    github.world.repository("octocat/Hello-World").move_pull(2, "merged")
    assert (await pull(fresh=True)).value.merged
    assert (await pull()).value.merged


@pytest.mark.parametrize(
    "trouble", ["answers-500", "answers-503", "answers-html", "answers-malformed", "hangs-up"]
)
async def test_while_github_fails_the_last_answer_is_given_as_stale(
    trouble: str, github: FakeGitHub, forgetful: None
) -> None:
    await pull()
    github.answers[PULL.lower()] = lambda _: MISBEHAVING[trouble]()
    for _ in range(2):
        stale = await pull()
        assert (stale.value, stale.source, stale.age > 0) == (Pull("open", False), "stale", True)
    del github.answers[PULL.lower()]
    assert (await pull()).source in ("live", "revalidated")


async def test_an_answer_of_another_form_is_a_failure_and_is_not_kept(github: FakeGitHub) -> None:
    for _ in range(2):
        with pytest.raises(BadGateway, match="malformed"):
            await fetch("/users/octocat", Numbered, feature="users")
    assert github.calls("octocat") == 2


async def test_what_github_does_not_know_is_an_answer_and_then_no_longer(
    github: FakeGitHub, settings: Settings
) -> None:
    with pytest.raises(NotFound):
        await fetch("/users/newcomer", Named, feature="users")
    kept = await find("/users/newcomer", Named, feature="users")
    assert (kept.value, kept.source) == (None, "cache")
    settings.GITHUB_CACHE_SECONDS = 0.0
    github.world.add_person("newcomer", name="New")
    assert (await fetch("/users/newcomer", Named, feature="users")).value.name == "New"


async def test_a_hundred_askers_of_one_thing_make_one_call(github: FakeGitHub) -> None:
    github.delay_seconds = 0.1
    told = await asyncio.gather(*(pull() for _ in range(100)))
    assert {each.value.state for each in told} == {"open"}
    assert len(github.requests) == 1


async def test_what_one_token_may_see_never_reaches_another(github: FakeGitHub, cellar: str) -> None:
    assert (await fetch(CELLAR, Named, token=cellar, feature="card")).value.name == "cellar"
    for stranger in ("", None, "another"):
        with pytest.raises(NotFound):
            await fetch(CELLAR, Named, token=stranger, feature="card")
    assert (await fetch(CELLAR, Named, token=cellar, feature="card")).source == "cache"
    assert len(github.requests) == 3  # nobody in particular is one credential, however it is said


async def test_a_call_under_way_is_not_shared_with_another_token(github: FakeGitHub, cellar: str) -> None:
    github.hold(2)  # nobody is answered before both have asked
    private, public = await asyncio.gather(
        find(CELLAR, Named, token=cellar, feature="card"), find(CELLAR, Named, feature="card")
    )
    assert private.value is not None
    assert public.value is None


@with_others
async def test_a_token_that_was_revoked_is_told_nothing_of_what_it_saw(
    github: FakeGitHub, cellar: str, forgetful: None
) -> None:
    await fetch(CELLAR, Named, token=cellar, feature="card")
    await fetch("/users/octocat", Named, token=cellar, feature="card")
    github.world.revoke(cellar)
    with pytest.raises(TokenRefused):
        await fetch(CELLAR, Named, token=cellar, feature="card")
    github.limits.refuse(times=1)
    with pytest.raises(RateLimited):  # a failure of another kind does not bring it back either
        await fetch("/users/octocat", Named, token=cellar, feature="card")


async def test_nor_is_who_asked_for_something_else_at_that_moment(
    github: FakeGitHub, cellar: str, forgetful: None
) -> None:
    await fetch(CELLAR, Named, token=cellar, feature="card")
    github.hold(2)  # both begin before the token is revoked; the one that fails is answered later
    github.once(CELLAR, lambda _: replace(MISBEHAVING["answers-500"](), wait_seconds=1.0))
    github.once("/users/octocat", lambda _: MISBEHAVING["bad-credentials"]())
    waiting = asyncio.create_task(fetch(CELLAR, Named, token=cellar, feature="card"))
    await until(lambda: github.at_once == 1)
    with pytest.raises(TokenRefused):
        await fetch("/users/octocat", Named, token=cellar, feature="card")
    with pytest.raises(BadGateway):
        await waiting


@pytest.mark.parametrize(("kind", "error"), [("forbidden", Forbidden), ("nobody-here", NotFound)])
async def test_what_may_not_be_seen_any_more_is_not_given_as_stale(
    kind: str, error: type[Exception], github: FakeGitHub, cellar: str, forgetful: None
) -> None:
    await fetch(CELLAR, Named, token=cellar, feature="card")
    if kind == "forbidden":
        github.answers[CELLAR] = lambda _: MISBEHAVING[kind]()
    else:
        github.world.add_token(cellar, "octocat", sees=[])
    with pytest.raises(error):
        await fetch(CELLAR, Named, token=cellar, feature="card")
    github.answers[CELLAR] = lambda _: MISBEHAVING["answers-500"]()
    with pytest.raises(BadGateway):
        await fetch(CELLAR, Named, token=cellar, feature="card")


@with_others
@pytest.mark.parametrize(("status", "retry_after"), [(429, 30.0), (403, 30.0), (403, None), (429, None)])
async def test_during_a_cool_down_github_is_not_asked_and_what_is_kept_is_given(
    status: int, retry_after: float | None, github: FakeGitHub, forgetful: None
) -> None:
    await pull()
    github.limits.refuse(times=1, status=status, retry_after=retry_after)
    with pytest.raises(RateLimited) as first:
        await fetch("/users/octocat", Named, feature="users")
    calls = len(github.requests)
    with pytest.raises(RateLimited) as second:
        await fetch("/users/hubot", Named, feature="users")
    assert (await pull()).source == "stale"
    assert len(github.requests) == calls
    for limited in (first, second):
        assert limited.value.retry_after == pytest.approx(retry_after or 60, abs=20)


@with_others
async def test_the_cool_down_of_one_token_is_not_that_of_another(github: FakeGitHub) -> None:
    github.limits.exhaust(60, token="spent")
    with pytest.raises(RateLimited):
        await fetch("/users/octocat", Named, token="spent", feature="card")
    assert (await fetch("/users/octocat", Named, feature="card")).source == "live"


@with_others
async def test_the_last_call_of_the_hour_is_the_last(github: FakeGitHub) -> None:
    github.limits.exhaust(600, left=1)
    await pull()  # its answer says so
    with pytest.raises(RateLimited) as error:
        await fetch("/users/octocat", Named, feature="users")
    assert error.value.retry_after == pytest.approx(600, abs=30)
    assert len(github.requests) == 1


@with_others
async def test_who_comes_back_when_told_is_answered(github: FakeGitHub) -> None:
    github.limits.refuse(times=1, retry_after=1)
    with pytest.raises(RateLimited) as limited:
        await pull()
    while True:
        try:
            await asyncio.sleep(limited.value.retry_after or 0)
            assert (await pull()).source == "live"
            break
        except RateLimited as still:
            limited.value.retry_after = still.retry_after
    assert [exchange.status for exchange in github.record] == [429, 200]  # none in between


@with_others
async def test_ten_refused_at_once_leave_half_as_many_places(github: FakeGitHub) -> None:
    github.hold(10)
    github.limits.refuse(times=10, retry_after=1)
    asked = (fetch(f"/users/{n}", Named, feature="users") for n in range(10))
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(outcome, RateLimited) for outcome in outcomes)
    assert governor_of(identity("")).width == 5
