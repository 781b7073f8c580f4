"""The registry of what makes live cards of the links in messages. An app gives itself in AppConfig.ready().

Nothing here knows what is linked to. Without such an app no message has a card, and everything else is as it is.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from chat.protocol.objects import CardLink, CardObject


class Watchers(Protocol):
    """Who looks at what in one process: what its hub lets an app of cards know and do."""

    def rooms(self) -> dict[int, set[int]]:
        """By id, the rooms that somebody here listens to, with the ids of these people."""

    def is_here(self, user_id: int) -> bool:
        """Whether this person has a connection here."""

    def show(self, room_ids: Iterable[int], card: CardObject) -> None:
        """Send the card to everybody here who listens to one of the rooms."""

    def show_to(self, user_id: int, card: CardObject) -> None:
        """Send it on every connection that this person has here, and to nobody else."""


class Companion(Protocol):
    """An app's work beside a hub: on its loop, and no longer than it."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...

    def hear(self, card_id: int, version: int) -> None:
        """Somebody, in this process or another, told of a change of the card."""

    def look_for(self, user_id: int, card_ids: Collection[int]) -> None:
        """This person, who is here, read of these cards by another process: show them what there is for them."""


class Cards(Protocol):
    """An app that makes cards. Their ids are its own, positive and given once."""

    def find(self, text: str, html: str) -> object | None:
        """What a message links to, None for nothing; it is asked of every text, before the transaction."""

    def keep(self, found: Sequence[tuple[int, object]]) -> list[list[CardLink]]:
        """The cards for what was found in messages of these rooms (ids), for each in order; in their transaction."""

    def bodies(self, card_ids: Sequence[int], viewer_id: int | None) -> list[CardObject]:
        """Those of the cards that have a body which this viewer may see; never waits for anything but the database."""

    def companion(self, watchers: Watchers) -> Companion:
        """For a hub that starts."""


_given: list[Cards] = []


def use(cards: Cards) -> None:
    """Have these made of the links in messages from now on."""
    _given[:] = [cards]


def find(text: str, html: str) -> object | None:
    """What a message links to that cards are made of; nothing without an app that makes any."""
    return _given[0].find(text, html) if _given else None


def keep(found: Sequence[tuple[int, object]]) -> list[list[CardLink]]:
    """The cards for what `find` found in messages of these rooms, for each in order."""
    return _given[0].keep(found) if _given else [[] for _ in found]


def bodies(card_ids: Sequence[int], viewer_id: int | None) -> list[CardObject]:
    """Those of the cards that have a body which this viewer (None: a passer-by) may see."""
    return _given[0].bodies(card_ids, viewer_id) if _given and card_ids else []


def companions(watchers: Watchers) -> list[Companion]:
    """What is to work beside a hub that starts."""
    return [cards.companion(watchers) for cards in _given]
