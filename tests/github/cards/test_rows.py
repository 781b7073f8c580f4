"""The rows of cards, where several processes and several looks at GitHub meet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.github.addresses import Address
from chat.github.cards import rows
from chat.github.cards.asking import Seen
from chat.github.cards.bodies import Body
from chat.github.models import Card

pytestmark = pytest.mark.django_db

PULL = Address("pull", "octocat", "Hello-World", "2")


@pytest.fixture
def card() -> Card:
    [made] = rows.give([PULL]).values()
    return made


def seen(title: str, after_s: float = 0.0, *, stale: bool = False) -> Seen:
    moment = timezone.now() + timedelta(seconds=after_s)
    return Seen(Body(kind="pull", name="octocat/Hello-World#2", title=title), True, moment, stale)


def title_of(card: Card) -> str:
    body = Card.objects.get(pk=card.pk).body
    assert body is not None
    return str(body["title"])


def test_one_claim_alone_gets_a_wanted_card(card: Card) -> None:
    assert rows.claim(card.pk) is not None
    assert rows.claim(card.pk) is None


def test_what_is_wanted_anew_meanwhile_stays_wanted(card: Card) -> None:
    claimed = rows.claim(card.pk)
    assert claimed is not None
    rows.want([card.pk])
    rows.save_seen(claimed, seen("first"))
    again = rows.claim(card.pk)
    assert again is not None
    rows.save_seen(again, seen("second"))
    assert rows.claim(card.pk) is None
    assert title_of(card) == "second"


def test_an_earlier_look_does_not_take_the_place_of_a_later_one(card: Card) -> None:
    rows.save_seen(card, seen("later", 5))
    version = Card.objects.get(pk=card.pk).version
    rows.save_seen(card, seen("earlier"))
    assert title_of(card) == "later"
    assert Card.objects.get(pk=card.pk).version == version


def test_each_failure_makes_the_pause_longer_up_to_an_hour(card: Card) -> None:
    pauses = []
    for _ in range(12):
        rows.save_failure(card)
        row = Card.objects.get(pk=card.pk)
        assert row.wanted_at is not None
        assert row.checked_at is not None
        pauses.append(round((row.wanted_at - row.checked_at).total_seconds()))
    assert pauses[:4] == [30, 60, 120, 240]
    assert pauses[-1] == 3600


def test_github_may_name_a_longer_pause(card: Card) -> None:
    rows.save_failure(card, 900.0)
    row = Card.objects.get(pk=card.pk)
    assert row.wanted_at is not None
    assert row.wanted_at > timezone.now() + timedelta(seconds=800)


def test_versions_ascend_whatever_the_clock_says(card: Card) -> None:
    far = rows.next_version() + 10**9
    Card.objects.filter(pk=card.pk).update(version=far)
    rows.save_seen(card, seen("one"))
    assert Card.objects.get(pk=card.pk).version == far + 1


def test_a_repository_without_a_card_stands_for_one_of_its_cards(card: Card) -> None:
    assert rows.wanted_by([Address("repository", "OCTOCAT", "hello-world")]) == [card.pk]
    assert rows.wanted_by([Address("repository", "octocat", "other")]) == []
