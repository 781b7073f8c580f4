"""What the chat asks about cards: which ones a text shows, and what a reader sees of them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from chat.actions.cards import tell_hidden_card
from chat.github import addresses
from chat.github.addresses import Address
from chat.github.cards import private, refresh, rows
from chat.github.cards.work import CardWork
from chat.github.models import Card
from chat.github.subscriptions.settings import default_repository
from chat.links import Watchers
from chat.protocol.objects import CardLink, CardObject

# Whoever names an object wants to see it as it is now; what GitHub said within this is.
NOW_SECONDS = 60.0


class GitHubCards:
    """Implements `chat.links.Cards`."""

    def find(self, text: str, html: str) -> object | None:
        return (addresses.named(html) or None) if addresses.may_name(text) else None

    def keep(self, found: Sequence[tuple[int, object]]) -> list[list[CardLink]]:
        settled = _settled(found)
        cards = rows.give(address for named in settled for address in named)
        if outdated := _outdated(cards.values()):
            refresh.want(outdated)
        for card in cards.values():
            if card.hidden and card.pk not in outdated:
                # It may be new to the people of this room.
                tell_hidden_card(card.pk, card.version)
        return [
            [CardLink(cards[address.key].pk, cards[address.key].address.url) for address in named]
            for named in settled
        ]

    def bodies(self, card_ids: Sequence[int], viewer_id: int | None) -> list[CardObject]:
        found = Card.objects.in_bulk(card_ids)
        shown = [card.as_object() for card in found.values() if card.public and card.body is not None]
        hidden = [card_id for card_id, card in found.items() if card.hidden]
        if viewer_id is None or not hidden:
            return shown
        if unknown := [card_id for card_id in hidden if not private.is_known(viewer_id, card_id)]:
            refresh.look_for_soon(viewer_id, unknown)
        own = (private.recall(viewer_id, card_id) for card_id in hidden)
        return shown + [card for card in own if card is not None]

    def companion(self, watchers: Watchers) -> CardWork:
        return CardWork(watchers)


def _settled(found: Sequence[tuple[int, object]]) -> list[list[Address]]:
    """With a repository for each `#12` whose room has chosen one."""
    defaults: dict[int, str] = {}
    settled = []
    for room_id, named in found:
        assert isinstance(named, list)
        if room_id not in defaults and any(not address.owner for address in named):
            defaults[room_id] = default_repository(room_id) or ""
        settled.append(addresses.settled(named, defaults.get(room_id, "")))
    return settled


def _outdated(cards: Iterable[Card]) -> list[int]:
    """Not among them is what GitHub is being asked for already, or is not to be asked for yet."""
    now = timezone.now()
    since = now - timedelta(seconds=NOW_SECONDS)
    old = [card for card in cards if card.checked_at is None or card.checked_at < since]
    return [card.pk for card in old if card.wanted_at is None or card.wanted_at <= now]
