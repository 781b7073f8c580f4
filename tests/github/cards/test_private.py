"""Private objects: each body goes to those whose own GitHub account may see it, on every door, and to nobody else."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_removed
from django.http import HttpRequest
from pytest_django import Settings

from chat import database
from chat.actions.accounts.tokens import create_token
from chat.actions.cards import tell_of_viewer
from chat.github.addresses import Address
from chat.github.cards import private
from chat.github.cards.refresh import touched
from chat.github.models import Card
from chat.history import ready
from chat.models import User
from chatproject.asgi import application
from tests.cast import Cast, say
from tests.consumers.socket import Socket
from tests.consumers.test_attention import come
from tests.fakes.github import FakeGitHub
from tests.fakes.github.answers import failed
from tests.github.cards.conftest import CELLAR, link_account
from tests.github.cards.test_live import card_in

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "What nobody else may know"
PULL = Address("pull", "octocat", "cellar", "7")


@pytest.fixture
def cellar(github: FakeGitHub, cast: Cast) -> None:
    """A private repository, which the account of alice may see; that of bob may not, and carol has none."""
    repository = github.world.add_repository(CELLAR, private=True)
    repository.add_pull(7, title=SECRET)
    pull = repository.pulls[7]
    repository.change_pull(7, base={**pull["base"], "repo": {"private": True, "visibility": "private"}})
    github.world.add_token("alices", "octocat", sees=[CELLAR])
    github.world.add_token("bobs", "gvanrossum")
    link_account(cast.alice, "alices")
    link_account(cast.bob, "bobs")


async def heard(socket: Socket) -> str:
    """Everything that this socket was sent so far, as it came."""
    await socket.ask("ping")
    return json.dumps(socket.events)


async def page(user: User) -> str:
    """A page of the room, over HTTP."""
    token = await database.write(create_token, user)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        headers = {"authorization": f"Bearer {token}"}
        return (await client.get("/api/rooms/lobby/messages", headers=headers)).text


@pytest.mark.usefixtures("cellar")
@pytest.mark.parametrize("sees", [[], [CELLAR]], ids=["the server sees it not", "the server sees it"])
async def test_two_people_get_different_payloads(cast: Cast, github: FakeGitHub, sees: list[str]) -> None:
    github.world.add_token("the-servers", "torvalds", sees=sees)
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as alice,
        await come(cast.bob, "/ws/chat/lobby/") as bob,
        await come(cast.carol, "/ws/chat/lobby/") as carol,
    ):
        others = (bob, carol)
        for socket in (alice, *others):
            await socket.event("subscribed")
        await database.write(say, cast.carol, cast.lobby, PULL.url)
        shown = await card_in(alice, withdrawn=False)
        assert (shown["title"], shown["private"], shown["state"]) == (SECRET, True, "open")
        # Bob's account is asked about, too, and his socket hears what became of it.
        assert (await card_in(bob))["withdrawn"]
        for socket in others:
            synced = await socket.ask("sync", room="lobby")
            assert synced["messages"][0]["cards"] == [{"id": shown["id"], "url": PULL.url}]
            assert synced["cards"] == []
            assert SECRET not in await heard(socket)
        assert [card["title"] for card in (await alice.ask("sync", room="lobby"))["cards"]] == [SECRET]
        ready._kept.clear()
        for user, sees_it in ((cast.alice, True), (cast.bob, False), (cast.carol, False), (cast.alice, True)):
            assert (SECRET in await page(user)) is sees_it
        assert not any(SECRET.encode() in kept.body for kept in ready._kept.values())
    assert await database.call(lambda: [card.body for card in Card.objects.all()]) == [None]


@pytest.mark.usefixtures("cellar")
async def test_after_the_right_is_taken_away_nobody_gets_it(cast: Cast, github: FakeGitHub) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await alice.event("subscribed")
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        shown = await card_in(alice, title=SECRET)
        github.world.add_token("alices", "octocat")
        await database.write(touched, [PULL])
        gone = await card_in(alice, withdrawn=True)
        assert gone["id"] == shown["id"]
        assert gone["version"] > shown["version"]
        assert (await alice.ask("sync", room="lobby"))["cards"] == []
        assert SECRET not in await page(cast.alice)


@pytest.mark.usefixtures("cellar")
async def test_who_looks_is_asked_about_again_without_a_word_from_github(
    cast: Cast, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("work.LOOK_SECONDS", "work.WATCH_SECONDS", "private.RECHECK_SECONDS"):
        monkeypatch.setattr(f"chat.github.cards.{name}", 0.05)
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        await card_in(alice, title=SECRET)
        github.world.revoke("alices")
        await card_in(alice, withdrawn=True)
        assert private.recall(cast.alice.pk, (await database.call(Card.objects.get)).pk) is None


@pytest.mark.usefixtures("cellar")
async def test_what_does_not_change_keeps_its_version(
    cast: Cast, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        first = await card_in(alice, title=SECRET)
        await database.write(touched, [PULL])
        same = await card_in(alice)
        assert {**same, "as_of": ""} == {**first, "as_of": ""}, "clients pass it over"
        github.world.repository(CELLAR).change_pull(7, title="Another title")
        await database.write(touched, [PULL])
        changed = await card_in(alice, title="Another title")
        assert changed["version"] > first["version"]


@pytest.mark.usefixtures("cellar")
async def test_who_reads_a_page_of_another_process_is_shown_it_where_they_are_connected(
    cast: Cast, github: FakeGitHub
) -> None:
    async with await come(cast.alice) as alice:
        # This process has not asked for her yet, as if the page came from another one.
        await database.write(say, cast.carol, cast.lobby, PULL.url)
        card = await database.call(Card.objects.get)
        await until_checked(card)
        await database.call(tell_of_viewer, card.pk, cast.alice.pk)
        assert (await card_in(alice))["title"] == SECRET


async def until_checked(card: Card) -> None:
    async with asyncio.timeout(10):
        while (await database.call(Card.objects.get, pk=card.pk)).checked_at is None:
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("cellar")
async def test_github_must_say_it_anew_before_long(
    cast: Cast, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While GitHub fails nobody can tell who may see it: after a while it is shown to nobody."""
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        shown = await card_in(alice, title=SECRET)
        github.answers[f"/repos/{CELLAR}/pulls/7".lower()] = lambda _: failed()
        monkeypatch.setattr(private, "ACCESS_SECONDS", 0.0)
        assert (await alice.ask("sync", room="lobby"))["cards"] == []
        await database.write(touched, [PULL])
        assert (await card_in(alice, withdrawn=True))["id"] == shown["id"]


@pytest.mark.usefixtures("cellar")
async def test_who_unlinks_their_account_sees_no_more_of_it_at_once(cast: Cast, github: FakeGitHub) -> None:
    def unlink() -> None:
        account, request = SocialAccount.objects.get(user=cast.alice), HttpRequest()
        request.user = cast.alice
        account.delete()
        social_account_removed.send(SocialAccount, request=request, socialaccount=account)

    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        await card_in(alice, title=SECRET)
        await database.write(unlink)
        await card_in(alice, withdrawn=True)
        assert (await alice.ask("sync", room="lobby"))["cards"] == []


@pytest.mark.usefixtures("cellar")
async def test_what_becomes_public_is_shown_to_everybody(cast: Cast, github: FakeGitHub) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as alice,
        await come(cast.carol, "/ws/chat/lobby/") as carol,
    ):
        await carol.event("subscribed")
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        shown = await card_in(alice, title=SECRET)
        repository = github.world.repository(CELLAR)
        repository.private = False
        repository.body |= {"private": False, "visibility": "public"}
        base = {**repository.pulls[7]["base"], "repo": {"private": False, "visibility": "public"}}
        repository.change_pull(7, base=base)
        await database.write(touched, [PULL])
        for socket in (alice, carol):
            card: dict[str, Any] = await card_in(socket, private=False)
            assert card["title"] == SECRET
            assert card["version"] > shown["version"]


@pytest.mark.usefixtures("cellar")
async def test_without_a_token_of_the_server_people_still_see_what_is_theirs(
    cast: Cast, github: FakeGitHub, settings: Settings
) -> None:
    settings.GITHUB_TOKEN = ""
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        assert (await card_in(alice))["title"] == SECRET
