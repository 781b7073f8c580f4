"""The rows of cards: which are to be asked for, and what becomes of them. Synchronous, for the database's threads."""

import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chat.actions.cards import tell_card, tell_hidden_card
from chat.github.addresses import Address
from chat.github.cards.asking import Seen
from chat.github.models import Card
from chat.models import CardShown

# After a failure GitHub is asked again, each time after twice the pause, while somebody wants to know.
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 30.0, 3_600.0
# More of them make no longer pause.
FAILURES_COUNTED = 10
# Only cards among the newest of the rooms that somebody looks at are kept up to date without a word from GitHub.
WATCHED_MOST = 200
# Somebody looks at a room anew within half of it; who has left is forgotten after it.
WATCHED_SECONDS = 120.0
# What is hidden from everybody (or a mistyped address) is asked for this much less often.
HIDDEN_PERIODS = 15
# A card that no message shows may just be on its way into one.
FORGET_SECONDS = 300.0


def give(addresses: Iterable[Address]) -> dict[str, Card]:
    """The cards of these objects by key, made and wanted at once where they are new; in the caller's transaction."""
    now, by_key = timezone.now(), {address.key: address for address in addresses}
    # In the order of their keys: two transactions that make the same ones must not wait for each other.
    new = [_new_card(key, by_key[key], now) for key in sorted(by_key)]
    known = {card.key: card for card in _locked_in_order(Q(key__in=by_key))}
    # So that none of them is forgotten before the message is there.
    Card.objects.filter(pk__in=[card.pk for card in known.values()]).update(given_at=now)
    if missing := [card for card in new if card.key not in known]:
        Card.objects.bulk_create(missing, ignore_conflicts=True)
        made = Card.objects.filter(key__in=[card.key for card in missing])
        known |= {card.key: card for card in made}
    return known


def _new_card(key: str, address: Address, now: datetime) -> Card:
    parts = {"kind": address.kind, "owner": address.owner, "name": address.name, "ref": address.ref}
    return Card(key=key, repository=address.repository.lower(), wanted_at=now, given_at=now, **parts)


def want(card_ids: Collection[int]) -> None:
    """Note that GitHub is to be asked for them, whoever does it."""
    Card.objects.filter(pk__in=card_ids).update(wanted_at=timezone.now(), failures=0)


def wanted_by(addresses: Iterable[Address]) -> list[int]:
    """The cards that show these objects. A repository without a card stands for the one of its cards asked for last."""
    found: list[int] = []
    for address in addresses:
        cards = Card.objects.filter(key=address.key)
        if address.kind == "repository" and not cards.exists():
            cards = Card.objects.filter(repository=address.repository.lower()).order_by("-checked_at")[:1]
        found += cards.values_list("pk", flat=True)
    return found


def claim(card_id: int) -> Card | None:
    """The card, when it is wanted and nobody has begun to ask: whoever gets it is to save what comes of it."""
    now = timezone.now()
    seen = Card.objects.filter(pk=card_id, wanted_at__lte=now).first()
    # Should this process end in the middle of it, it is wanted again after a pause.
    later = now + timedelta(seconds=RETRY_SECONDS)
    mine = seen and Card.objects.filter(pk=card_id, wanted_at=seen.wanted_at).update(wanted_at=later)
    if not seen or not mine:
        return None
    seen.wanted_at = later
    return seen


def overdue(limit: int) -> list[int]:
    """What is wanted by now, the longest first."""
    wanted = Card.objects.filter(wanted_at__lte=timezone.now()).order_by("wanted_at")
    return list(wanted.values_list("pk", flat=True)[:limit])


def watch(room_ids: Collection[int]) -> list[int]:
    """Note that somebody looks at these rooms, and return the newest cards in them."""
    shown = CardShown.objects.filter(room__in=room_ids).order_by("-message_id")[:WATCHED_MOST]
    ids = list(dict.fromkeys(shown.values_list("card_id", flat=True)))
    now = timezone.now()
    until, soon = now + timedelta(seconds=WATCHED_SECONDS), now + timedelta(seconds=WATCHED_SECONDS / 2)
    lapsing = Card.objects.filter(pk__in=ids).filter(Q(watched_until=None) | Q(watched_until__lt=soon))
    lapsing.update(watched_until=until)
    return ids


def due(period_s: float, limit: int) -> list[Card]:
    """Cards that somebody looks at and GitHub was not asked for lately, the longest first."""
    now = timezone.now()
    open_before = now - timedelta(seconds=period_s)
    hidden_before = now - timedelta(seconds=HIDDEN_PERIODS * period_s)
    lately = Q(public=True, checked_at__lt=open_before) | Q(public=False, checked_at__lt=hidden_before)
    return list(Card.objects.filter(lately, watched_until__gt=now).order_by("checked_at")[:limit])


def changed_since(version: int, room_ids: Collection[int]) -> list[tuple[Card, set[int]]]:
    """Cards above the version that these rooms show, with those of the rooms."""
    cards = {card.pk: card for card in Card.objects.filter(version__gt=version)}
    rooms: dict[int, set[int]] = {}
    shown = (
        CardShown.objects.filter(card_id__in=cards, room__in=room_ids) if cards else CardShown.objects.none()
    )
    for card_id, room_id in shown.values_list("card_id", "room_id").distinct():
        rooms.setdefault(card_id, set()).add(room_id)
    return [(cards[card_id], found) for card_id, found in sorted(rooms.items())]


def save_seen(card: Card, seen: Seen) -> None:
    """What GitHub said. What is not public is not kept."""
    if not seen.public:
        return _save_private(card)
    if seen.stale and card.body is not None:
        return save_failure(card)
    with transaction.atomic():
        row = _locked(card)
        if row is None:
            return
        if row.as_of is not None and seen.as_of < row.as_of and not seen.stale:
            # Somebody else looked later than this, and was quicker.
            return _finish(row, card)
        body = msgspec.to_builtins(seen.body)
        changed = (row.body, row.public, row.stale) != (body, True, seen.stale)
        row.body, row.public, row.stale, row.as_of = body, True, seen.stale, seen.as_of
        if changed:
            row.version = next_version(row.version)
        _finish(row, card)
        if changed:
            tell_card(row.as_object())


def _save_private(card: Card) -> None:
    """One look at a repository that has become private is enough for all of its cards."""
    with transaction.atomic():
        for row in _locked_in_order(Q(pk=card.pk) | Q(repository=card.repository, public=True)):
            _hide(row, told=row.pk != card.pk or card.wanted_at is not None)
            if row.pk == card.pk:
                _finish(row, card)
            else:
                row.save()


def save_missing(card: Card) -> None:
    """GitHub knows no such thing, or does not show it to this installation."""
    with transaction.atomic():
        row = _locked(card)
        if row is not None:
            _hide(row, told=card.wanted_at is not None)
            _finish(row, card)


def save_failure(card: Card, wait_s: float = 0.0) -> None:
    """GitHub gave no answer: what it said before is stale, and it is asked again later."""
    with transaction.atomic():
        row = _locked(card)
        if row is None:
            return
        newly_stale = row.body is not None and not row.stale
        # What the installation may not see or ask just now, people may, with their own tokens.
        hidden = row.body is None and card.wanted_at is not None
        row.stale = row.body is not None
        row.failures = min(row.failures + 1, FAILURES_COUNTED)
        pause = min(RETRY_SECONDS * 2 ** (row.failures - 1), LONGEST_RETRY_SECONDS)
        row.checked_at = timezone.now()
        row.wanted_at = row.checked_at + timedelta(seconds=max(pause, wait_s))
        if newly_stale or hidden:
            row.version = next_version(row.version)
        row.save()
        if newly_stale:
            tell_card(row.as_object())
        elif hidden:
            tell_hidden_card(row.pk, row.version)


def forget_unshown() -> int:
    """Delete cards that no message shows any more; returns how many."""
    long_ago = timezone.now() - timedelta(seconds=FORGET_SECONDS)
    shown = Exists(CardShown.objects.filter(card_id=OuterRef("pk")))
    return Card.objects.filter(~shown, given_at__lt=long_ago).delete()[0]


def next_version(before: int = 0) -> int:
    """Higher than before, and by the clock higher than what any process gave to a body of this card."""
    return max(before + 1, int(time.time() * 1000))


def _locked(card: Card) -> Card | None:
    return _locked_in_order(Q(pk=card.pk)).first()


def _locked_in_order(which: Q) -> QuerySet[Card]:
    """Always in the same order: two transactions that take several must not wait for each other."""
    return Card.objects.select_for_update().filter(which).order_by("pk")


def _finish(row: Card, asked: Card) -> None:
    """Save it; wanted again is what was wanted anew while GitHub was asked."""
    row.checked_at, row.failures = timezone.now(), 0
    if row.wanted_at == asked.wanted_at:
        row.wanted_at = None
    row.save()


def _hide(row: Card, *, told: bool) -> None:
    """Take away what was shown to everybody; `told` has each process ask for its own people even if nothing was."""
    shown = row.body is not None
    row.body, row.public, row.stale, row.as_of = None, False, False, None
    if shown or told:
        row.version = next_version(row.version)
    if shown:
        tell_card(row.as_object())
    elif told:
        tell_hidden_card(row.pk, row.version)
