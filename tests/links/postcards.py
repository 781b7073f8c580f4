"""An app of cards as the core sees one: makes a card of each `card:name`, and shows it to whom a test says."""

import re
from collections.abc import Collection, Sequence

from chat.links import Companion, Watchers
from chat.protocol.objects import CardLink, CardObject


class Postcards:
    """Implements `chat.links.Cards`; what stands in `bodies_of` is there for everybody, or for one person."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.asked: list[str] = []
        # By name: the title, and who alone may see it (None: everybody).
        self.bodies_of: dict[str, tuple[str, int | None]] = {}
        self.heard: list[tuple[int, int]] = []
        self.wanted: list[tuple[int, int]] = []
        self.watchers: Watchers | None = None

    def find(self, text: str, html: str) -> object | None:
        self.asked.append(text)
        return re.findall(r"card:(\w+)", text) or None

    def keep(self, found: Sequence[tuple[int, object]]) -> list[list[CardLink]]:
        names = [named for _, named in found if isinstance(named, list)]
        return [[CardLink(self._id_of(name), self.url(name)) for name in named] for named in names]

    def bodies(self, card_ids: Sequence[int], viewer_id: int | None) -> list[CardObject]:
        return [
            self.card(name)
            for name, (_, only) in self.bodies_of.items()
            if self.ids.get(name) in card_ids and only in (None, viewer_id)
        ]

    def companion(self, watchers: Watchers) -> Companion:
        self.watchers = watchers
        return _Companion(self)

    def url(self, name: str) -> str:
        return f"https://cards.example/{name}"

    def card(self, name: str, version: int = 1) -> CardObject:
        title, only = self.bodies_of.get(name, ("", None))
        private = only is not None
        return CardObject(
            id=self._id_of(name), version=version, url=self.url(name), title=title, private=private
        )

    def _id_of(self, name: str) -> int:
        return self.ids.setdefault(name, len(self.ids) + 1)


class _Companion:
    def __init__(self, cards: Postcards) -> None:
        self._cards = cards

    def start(self) -> None:
        """Nothing of its own is to be done."""

    async def stop(self) -> None:
        """Nothing was begun."""

    def hear(self, card_id: int, version: int) -> None:
        self._cards.heard.append((card_id, version))

    def look_for(self, user_id: int, card_ids: Collection[int]) -> None:
        self._cards.wanted += [(user_id, card_id) for card_id in card_ids]
