"""The cards that messages show: given with a text, taken back with it, and told of when their bodies change."""

from collections.abc import Sequence

from msgspec import to_builtins

from chat import links
from chat.broadcast import publish_card, publish_hidden_card, publish_viewer
from chat.models import CardShown, Message
from chat.models.posting import NewText
from chat.protocol.objects import CardObject


def give(linked: Sequence[tuple[NewText, object]]) -> None:
    """Let new messages show cards of what `links.find` found in them, before they are inserted."""
    if not linked:
        return
    given = links.keep([(new.place.pk, found) for new, found in linked])
    for (new, _), cards in zip(linked, given, strict=True):
        new.cards = cards


def keep(news: Sequence[NewText]) -> None:
    """Note which messages show which cards, once they have their ids."""
    shown = [
        CardShown(card_id=card.id, room_id=new.place.pk, message_id=new.pk)
        for new in news
        for card in new.cards
    ]
    _show(shown)


def replace(message: Message, found: object | None) -> None:
    """Let an edited message show what its new text links to; the caller saves it."""
    before = {card["id"] for card in message.cards or ()}
    [cards] = links.keep([(message.room_id, found)]) if found is not None else [[]]
    message.cards = to_builtins(cards) or None
    after = {card.id for card in cards}
    if before - after:
        CardShown.objects.filter(message=message, card_id__in=before - after).delete()
    _show(
        [
            CardShown(card_id=card_id, room_id=message.room_id, message=message)
            for card_id in sorted(after - before)
        ]
    )


def _show(shown: Sequence[CardShown]) -> None:
    """Note it, and tell the rooms of the bodies that are known already: whoever is there may never have seen them."""
    if not shown:
        return
    CardShown.objects.bulk_create(shown)
    rooms: dict[int, set[int]] = {}
    for row in shown:
        rooms.setdefault(row.card_id, set()).add(row.room_id)
    for card in links.bodies(sorted(rooms), None):
        publish_card(card, sorted(rooms[card.id]))


def tell_card(card: CardObject) -> None:
    """Tell every room that shows the card of its present body, once the transaction is committed."""
    rooms = CardShown.objects.filter(card_id=card.id).values_list("room_id", flat=True)
    publish_card(card, rooms.distinct().order_by("room_id"))


def tell_hidden_card(card_id: int, version: int) -> None:
    """The same for one that is not for everybody: only that there is something to ask for."""
    publish_hidden_card(card_id, version)


def tell_of_viewer(card_id: int, user_id: int) -> None:
    """Have the processes to which this person is connected show them what there is of the card for them."""
    publish_viewer(card_id, user_id)
