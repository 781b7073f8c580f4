"""Cards without webhooks: asked for while somebody looks and quota is left, forgotten when no message shows them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat import database
from chat.actions.edits import delete_message, edit_message
from chat.github.cards import rows
from chat.github.cards.jobs import forget_unshown, refresh_watched
from chat.github.cards.refresh import refresh
from chat.github.models import Card
from chat.github.subscriptions.changes import choose_default_repository
from chat.github.upstream import quota
from chat.github.upstream.identity import identity
from chat.jobs.registry import registered
from chat.models import CardShown
from tests.cast import Cast, message_of, say
from tests.fakes.github import FakeGitHub
from tests.github.cards.conftest import HELLO

pytestmark = pytest.mark.django_db(transaction=True)

PATH = f"/repos/{HELLO}/pulls/2"
TEXT = "octocat/Hello-World#2"


async def show(cast: Cast) -> Card:
    """A card in the lobby, asked for by the job, long enough ago to be asked for again."""
    await database.write(say, cast.alice, cast.lobby, TEXT)
    card = await database.call(Card.objects.get)
    long_ago = timezone.now() - timedelta(hours=1)
    await database.write(lambda: Card.objects.update(checked_at=long_ago, public=True, wanted_at=None))
    return card


async def changed(card: Card) -> dict[str, Any] | None:
    return (await database.call(Card.objects.get, pk=card.pk)).body


async def test_what_somebody_looks_at_is_asked_for(cast: Cast, github: FakeGitHub) -> None:
    card = await show(cast)
    await refresh_watched()
    assert github.calls(PATH) == 0, "nobody looks"
    assert await database.write(rows.watch, [cast.lobby.pk]) == [card.pk]
    github.world.repository(HELLO).move_pull(2, "merged")
    await refresh_watched()
    body = await changed(card)
    assert body is not None
    assert body["state"] == "merged"
    await refresh_watched()
    assert github.calls(PATH) == 1, "it was asked for just now"


async def test_an_unchanged_card_costs_no_quota_and_tells_nobody(cast: Cast, github: FakeGitHub) -> None:
    card = await show(cast)
    await database.write(rows.watch, [cast.lobby.pk])
    await refresh_watched()
    before = await database.call(Card.objects.get, pk=card.pk)
    long_ago = timezone.now() - timedelta(hours=1)
    await database.write(lambda: Card.objects.update(checked_at=long_ago))
    github.forget_record()
    await refresh_watched()
    assert {exchange.status for exchange in github.record} == {304}
    after = await database.call(Card.objects.get, pk=card.pk)
    assert (after.version, after.body) == (before.version, before.body)
    assert after.as_of is not None
    assert before.as_of is not None
    assert after.as_of > before.as_of


@pytest.mark.parametrize(("left", "polls", "looks"), [(51, 1, 1), (49, 0, 1), (19, 0, 0)])
async def test_some_of_the_quota_is_left_to_people(
    cast: Cast, github: FakeGitHub, left: int, polls: int, looks: int
) -> None:
    card = await show(cast)
    await database.write(rows.watch, [cast.lobby.pk])
    told = {
        "x-ratelimit-limit": "100",
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-reset": str(github.reset),
    }
    quota.note(identity("the-servers"), told)
    await refresh_watched()
    assert github.calls(PATH) == polls
    github.forget_record()
    quota.forget_all()
    quota.note(identity("the-servers"), told)
    await refresh(card)
    assert github.calls(PATH) == looks


@pytest.mark.parametrize("by", ["deletion", "edit"])
async def test_what_no_message_shows_is_forgotten(cast: Cast, by: str) -> None:
    def post_and_take_back() -> None:
        kept = say(cast.alice, cast.lobby, f"{TEXT} octocat/Hello-World#1")
        assert len(message_of(kept).cards or ()) == 2
        if by == "deletion":
            delete_message(cast.alice, kept.message_id)
        else:
            edit_message(cast.alice, kept.message_id, "octocat/Hello-World#1")

    await database.write(post_and_take_back)
    await forget_unshown()
    assert await database.call(Card.objects.count) == 2, "they may be on their way into a message"
    long_ago = timezone.now() - timedelta(hours=1)
    await database.write(lambda: Card.objects.update(given_at=long_ago))
    await forget_unshown()
    left = await database.call(lambda: set(Card.objects.values_list("pk", flat=True)))
    assert left == await database.call(lambda: set(CardShown.objects.values_list("card_id", flat=True)))
    assert len(left) == (0 if by == "deletion" else 1)


async def test_a_number_belongs_to_the_repository_of_the_room(cast: Cast) -> None:
    def post() -> list[list[str]]:
        choose_default_repository(cast.alice, "lobby", HELLO)
        texts = [
            say(cast.alice, room, "see #2 and octocat/Hello-World#2") for room in (cast.lobby, cast.open)
        ]
        return [[card["url"] for card in message_of(posted).cards or ()] for posted in texts]

    urls = await database.write(post)
    assert [len(found) for found in urls] == [1, 1]
    assert await database.call(Card.objects.count) == 1


def test_one_process_of_the_installation_does_it() -> None:
    assert {"refresh GitHub cards", "forget GitHub cards"} <= {job.name for job in registered()}
