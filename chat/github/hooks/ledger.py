"""The ledger's rows: every delivery is taken down once, and kept for a while. Synchronous functions."""

import zlib
from datetime import timedelta

import msgspec
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from chat.errors import ChatError, Conflict, Unavailable
from chat.github.models import Delivery

State = Delivery.State
STUCK = (State.FAILED, State.WAITING)

# More than the busiest organisation sends while a server is restarted: whoever sends more sends no news.
MOST_WAITING = 10_000
# GitHub redelivers what is younger than three days; an operator may look at a failure after a long weekend.
CONTENT_KEPT = timedelta(days=7)
ROW_KEPT = timedelta(days=30)
# Of one transaction, so that posts do not wait for it.
FORGOTTEN_AT_ONCE = 500
# Who is told that there is no room comes back after this; GitHub does so only when somebody asks it to.
FULL_RETRY_SECONDS = 60


class Arrived(msgspec.Struct, frozen=True):
    """A delivery as it came in, its signature checked."""

    delivery_id: str
    event: str
    action: str
    repository: str
    key: str
    body: bytes


def take_down(arrived: list[Arrived]) -> list[str | ChatError]:
    """Keep each once, in order and in one transaction; says of each in which state it is now.

    One that failed for good and comes again is tried anew. When too much waits, all are refused.
    """
    with transaction.atomic():
        if _is_full():
            full = "Too many deliveries wait here."
            return [Unavailable(full, retry_after=FULL_RETRY_SECONDS) for _ in arrived]
        page = _Page(arrived)
        states: list[str | ChatError] = [page.write(one) for one in arrived]
        page.close()
        return states


def retry(delivery: Delivery) -> None:
    """Have one that failed, or waits for its next attempt, worked off soon. Raises Conflict for any other."""
    stuck = Delivery.objects.filter(pk=delivery.pk, state__in=STUCK, payload__isnull=False)
    if not stuck.update(state=State.WAITING, attempts=0, due_at=timezone.now(), ended_at=None):
        raise Conflict("It is done, or its content is not kept any more.")


def may_retry(delivery: Delivery) -> bool:
    """Whether that would change something."""
    return delivery.state in STUCK and delivery.attempts > 0 and delivery.payload is not None


def forget() -> bool:
    """Drop contents and rows whose time is over; whether there may be more of them."""
    now = timezone.now()
    old = Delivery.objects.filter(received_at__lt=now - ROW_KEPT).values_list("pk", flat=True)
    deleted, _ = Delivery.objects.filter(pk__in=list(old[:FORGOTTEN_AT_ONCE])).delete()
    ended = Delivery.objects.exclude(state=State.WAITING).filter(received_at__lt=now - CONTENT_KEPT)
    full = ended.filter(payload__isnull=False).values_list("pk", flat=True)
    emptied = Delivery.objects.filter(pk__in=list(full[:FORGOTTEN_AT_ONCE])).update(payload=None)
    return FORGOTTEN_AT_ONCE in (deleted, emptied)


def content_of(delivery: Delivery) -> bytes:
    """The body as it came."""
    return zlib.decompress(delivery.payload or b"")


def _is_full() -> bool:
    waiting = Delivery.objects.filter(state=State.WAITING)
    return waiting.values_list("pk", flat=True)[MOST_WAITING - 1 : MOST_WAITING].exists()


class _Page:
    """What the ledger has of these deliveries and of their effects, and what is added to it."""

    def __init__(self, arrived: list[Arrived]) -> None:
        same = Q(delivery_id__in=[one.delivery_id for one in arrived])
        of_effects = Q(key__in=[one.key for one in arrived]) & ~Q(state=State.DUPLICATE)
        rows = list(Delivery.objects.filter(same | of_effects).defer("payload"))
        self._known = {row.delivery_id: row for row in rows}
        self._effects = {row.key: row for row in rows if row.state != State.DUPLICATE}
        self._new: list[Delivery] = []

    def write(self, one: Arrived) -> str:
        """The state of its row, which is a new one unless this delivery came before."""
        row = self._known.get(one.delivery_id)
        if row is None:
            row = self._known[one.delivery_id] = _row(one, is_first=one.key not in self._effects)
            self._new.append(row)
        else:
            self._count(row)
        first = self._effects.setdefault(one.key, row)
        if first.state == State.FAILED:
            self._revive(first, one)
        return row.state

    def close(self) -> None:
        """Insert the new rows; another process with the same ones makes this fail as a whole, and is seen then."""
        Delivery.objects.bulk_create(self._new)

    def _count(self, row: Delivery) -> None:
        row.came += 1
        # One that came twice in this very batch is written with the others.
        if row.pk is not None:
            Delivery.objects.filter(pk=row.pk).update(came=F("came") + 1)

    def _revive(self, first: Delivery, one: Arrived) -> None:
        """What failed comes again, from the same hook or another: somebody asked for that."""
        first.state = State.WAITING
        again = {"state": State.WAITING, "attempts": 0, "due_at": timezone.now(), "ended_at": None}
        Delivery.objects.filter(pk=first.pk).update(**again, payload=zlib.compress(one.body))


def _row(one: Arrived, *, is_first: bool) -> Delivery:
    return Delivery(
        delivery_id=one.delivery_id,
        event=one.event,
        action=one.action,
        repository=one.repository,
        key=one.key,
        state=State.WAITING if is_first else State.DUPLICATE,
        size=len(one.body),
        # A duplicate is there to be counted; what it says is in the first one.
        payload=zlib.compress(one.body) if is_first else None,
    )
