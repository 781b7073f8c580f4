"""What single people may see of cards that are not for everybody: GitHub is asked with their own tokens."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_removed
from django.db import transaction
from msgspec.structs import replace

from chat import database
from chat.errors import ChatError, Forbidden, NotFound
from chat.github.cards import private, rows
from chat.github.cards.asking import Seen, look_at
from chat.github.cards.refresh import look_for_soon
from chat.github.credentials import holders_among, token_of
from chat.github.models import Card
from chat.github.models.card import as_object
from chat.github.resources import TokenRefused
from chat.links import Watchers
from chat.models import CardShown
from chat.payloads import timestamp
from chat.protocol.objects import CardObject


class Viewer(NamedTuple):
    """Somebody, and a card that is not for everybody."""

    user_id: int
    card_id: int


def listen() -> None:
    """Connect the receiver; called once, when the app is ready."""
    social_account_removed.connect(_let_go, dispatch_uid="chat_github.cards")


def _let_go(socialaccount: SocialAccount, **_: Any) -> None:
    """Whoever has no account any more is asked about at once: what they see of it ends."""
    user_id = socialaccount.user_id
    if seen := private.seen_by(user_id):
        transaction.on_commit(partial(look_for_soon, user_id, seen))


def viewers_of(
    card_ids: Collection[int], rooms: Mapping[int, Collection[int]], *, again: bool
) -> list[Viewer]:
    """Who of the people in these rooms might see those of the cards that are hidden.

    With `again` also who was asked about a short while ago. Synchronous.
    """
    hidden = [card.pk for card in Card.objects.filter(pk__in=card_ids) if card.hidden]
    if not hidden:
        return []
    shown = CardShown.objects.filter(card_id__in=hidden, room__in=list(rooms))
    pairs = {
        Viewer(user_id, card_id)
        for card_id, room_id in shown.values_list("card_id", "room_id").distinct()
        for user_id in rooms[room_id]
    }
    holders = holders_among({viewer.user_id for viewer in pairs})
    return sorted(one for one in pairs if one.user_id in holders and (again or not private.is_known(*one)))


async def look_for(viewer: Viewer, watchers: Watchers) -> None:
    """Ask GitHub as this person, and show them what it says, on their own connections. Raises Unavailable alone."""
    card, token = await database.call(_card_and_token, viewer)
    if card is None or not card.hidden:
        return
    try:
        seen = await look_at(card.address, token) if token else None
    except (NotFound, Forbidden, TokenRefused):
        seen = None
    except ChatError:
        return _hear_nothing(viewer, card, watchers)
    if seen is not None and seen.stale:
        # What GitHub said earlier does not show that they may see it now.
        return _hear_nothing(viewer, card, watchers)
    if seen is None:
        before = private.keep(*viewer, None)
        # Whoever has an account may have been shown it by another process.
        if before.card is not None if before else token:
            watchers.show_to(viewer.user_id, _withdrawn(card))
    else:
        _show(viewer, card, seen, watchers)


def _show(viewer: Viewer, card: Card, seen: Seen, watchers: Watchers) -> None:
    """What they were shown already has its version still: it changes nothing for those who have it."""
    body, as_of = msgspec.to_builtins(seen.body), timestamp(seen.as_of)
    shown = as_object(card, body, as_of, private=not seen.public, version=rows.next_version(card.version))
    before = private.recall(*viewer)
    if before is not None and before == replace(shown, version=before.version, as_of=before.as_of):
        shown = replace(before, as_of=as_of)
    private.keep(*viewer, shown)
    watchers.show_to(viewer.user_id, shown)


def _hear_nothing(viewer: Viewer, card: Card, watchers: Watchers) -> None:
    if private.keep_silence(*viewer):
        watchers.show_to(viewer.user_id, _withdrawn(card))


def _withdrawn(card: Card) -> CardObject:
    version = rows.next_version(card.version)
    return CardObject(id=card.pk, version=version, url=card.address.url, withdrawn=True)


def _card_and_token(viewer: Viewer) -> tuple[Card | None, str]:
    return Card.objects.filter(pk=viewer.card_id).first(), token_of(viewer.user_id)
