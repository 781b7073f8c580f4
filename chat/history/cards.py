"""The bodies of the cards that messages show, as one reader may see them."""

from collections.abc import Iterable

from chat import links
from chat.models import User
from chat.protocol.objects import CardObject, MessageObject


def card_ids(messages: Iterable[MessageObject]) -> list[int]:
    """The cards that these messages show, each once."""
    return list({card.id: None for message in messages for card in message.cards})


def bodies_for(user: User | None, messages: Iterable[MessageObject]) -> list[CardObject]:
    """What of these cards there is to see for this reader; nothing is asked where no message shows any."""
    ids = card_ids(messages)
    return links.bodies(ids, user.pk if user else None) if ids else []
