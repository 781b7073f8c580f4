"""Cards that follow GitHub: in every room that shows them, without a message, as long as GitHub answers and after."""

from collections.abc import Sequence
from typing import Any

import pytest

from chat import database
from chat.github.addresses import Address
from chat.github.cards import rows
from chat.github.cards.refresh import touched
from chat.github.models import Card
from chat.models import Message
from tests.cast import Cast, say
from tests.consumers.socket import Socket
from tests.consumers.test_attention import come
from tests.fakes.github import FakeGitHub
from tests.fakes.github.answers import failed
from tests.github.cards.conftest import HELLO

pytestmark = pytest.mark.django_db(transaction=True)

PULL = Address("pull", "octocat", "Hello-World", "2")


async def card_in(socket: Socket, **fields: Any) -> dict[str, Any]:
    """The first card event with these values."""
    while True:
        card: dict[str, Any] = (await socket.event("card"))["card"]
        if all(card[name] == value for name, value in fields.items()):
            return card


async def all_messages() -> list[Any]:
    return await database.call(lambda: list(Message.objects.order_by("id").values()))


async def test_one_card_in_three_rooms_goes_with_its_pull_request(cast: Cast, github: FakeGitHub) -> None:
    async with (
        await come(cast.alice, "/ws/chat/lobby/") as lobby,
        await come(cast.bob, f"/ws/chat/{cast.open.slug}/") as opened,
        await come(cast.bob, f"/ws/chat/{cast.private.slug}/") as private,
    ):
        sockets = (lobby, opened, private)
        for socket in sockets:
            await socket.event("subscribed")
        for room in (cast.lobby, cast.open, cast.private):
            await database.write(say, cast.alice, room, f"please look: {PULL.url}")
        seen = [await card_in(socket, state="open") for socket in sockets]
        assert [card["id"] for card in seen] == [seen[0]["id"]] * 3
        before = await all_messages()
        await follow(github, sockets, seen[0]["version"])
        assert await all_messages() == before, "nobody wrote, and nothing was edited"
        for socket in sockets:
            assert await socket.silent()
    assert await database.call(Card.objects.count) == 1


async def follow(github: FakeGitHub, sockets: Sequence[Socket], version: int) -> None:
    """Every room is told of each step, in order."""
    steps = (("review", "open", "requested"), ("approved", "open", "approved"), ("merged", "merged", None))
    for state, shown, review in steps:
        github.world.repository(HELLO).move_pull(2, state)
        await database.write(touched, [PULL])
        cards = [await card_in(socket) for socket in sockets]
        for card in cards:
            facts = {fact["name"]: fact["value"] for fact in card["facts"]}
            assert (card["state"], facts.get("review")) == (shown, review)
            assert card["version"] == cards[0]["version"] > version
        version = cards[0]["version"]


async def test_what_a_page_brings_is_what_events_bring(cast: Cast) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, "octocat/Hello-World#2 and octocat/Hello-World#1")
        told = {card["id"]: card for card in [await card_in(alice), await card_in(alice)]}
        page = await alice.ask("sync", room="lobby")
        assert {card["id"]: card for card in page["cards"]} == told
        [message] = page["messages"]
        assert [told[card["id"]]["name"] for card in message["cards"]] == [f"{HELLO}#2", f"{HELLO}#1"]
        assert {told[card["id"]]["kind"] for card in message["cards"]} == {"pull", "issue"}


async def test_while_github_fails_a_card_is_stale_and_then_fresh_again(
    cast: Cast, github: FakeGitHub
) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        good = await card_in(alice)
        for path in (f"/repos/{HELLO}/pulls/2", f"/repos/{HELLO}"):
            github.answers[path.lower()] = lambda _: failed()
        await database.write(touched, [PULL])
        stale = await card_in(alice, stale=True)
        assert {**stale, "stale": False, "version": 0} == {**good, "version": 0}
        github.answers.clear()
        await database.write(touched, [PULL])
        assert (await card_in(alice, stale=False))["as_of"] > good["as_of"]


async def test_what_github_never_shows_stays_a_link(cast: Cast, github: FakeGitHub) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, "octocat/Hello-World#999")
        await database.write(say, cast.alice, cast.lobby, "octocat/Hello-World#1")
        await card_in(alice, name=f"{HELLO}#1")
        page = await alice.ask("sync", room="lobby")
        assert [len(message["cards"]) for message in page["messages"]] == [1, 1]
        assert [card["name"] for card in page["cards"]] == [f"{HELLO}#1"]


async def test_a_repository_that_turns_private_takes_all_its_cards_with_it(
    cast: Cast, github: FakeGitHub
) -> None:
    issue = PULL._replace(kind="issue", ref="1")
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, f"{PULL.url} {issue.url}")
        ids = {(await card_in(alice))["id"], (await card_in(alice))["id"]}
        repository = github.world.repository(HELLO)
        repository.private = True
        repository.body |= {"private": True, "visibility": "private"}
        github.world.add_token("the-servers", "octocat", sees=[HELLO])
        await database.write(touched, [issue])
        gone = [await card_in(alice, withdrawn=True) for _ in ids]
        assert {card["id"] for card in gone} == ids
        assert all(not card["title"] and not card["excerpt"] for card in gone)
        assert (await alice.ask("sync", room="lobby"))["cards"] == []
    assert await database.call(lambda: list(Card.objects.exclude(body=None))) == []


async def test_a_lost_word_of_a_change_is_found_by_the_next_look(
    cast: Cast, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.github.cards.work.LOOK_SECONDS", 0.05)
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        first = await card_in(alice)

        def change_unheard() -> None:
            """As another process does whose word never arrives."""
            card = Card.objects.get(pk=first["id"])
            body = {**(card.body or {}), "title": "Changed elsewhere"}
            Card.objects.filter(pk=card.pk).update(body=body, version=rows.next_version(card.version))

        await database.write(change_unheard)
        assert (await card_in(alice))["title"] == "Changed elsewhere"
        assert await alice.silent()


async def test_what_another_process_wanted_and_never_began_is_asked_for(
    cast: Cast, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.github.cards.work.LOOK_SECONDS", 0.05)
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        await database.write(say, cast.alice, cast.lobby, PULL.url)
        card = await card_in(alice, state="open")
        github.world.repository(HELLO).move_pull(2, "merged")
        await database.write(rows.want, [card["id"]])
        await card_in(alice, state="merged")


async def test_many_messages_about_one_object_ask_for_it_once(cast: Cast, github: FakeGitHub) -> None:
    async with await come(cast.alice, "/ws/chat/lobby/") as alice:
        for number in range(20):
            await database.write(say, cast.alice, cast.lobby, f"{number} {PULL.url}")
        await card_in(alice)
        assert await database.call(Card.objects.count) == 1
        assert github.calls(f"/repos/{HELLO}/pulls/2") == 1
