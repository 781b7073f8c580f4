"""Working off: the oldest delivery that is due has its effect, once, or is put off. Synchronous functions.

The effect and the mark that it is done are one transaction: a crash loses neither and repeats neither.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from chat.errors import Invalid
from chat.github.hooks.ledger import State, content_of
from chat.github.models import Delivery
from chat.github.models.delivery import ERROR_CHARS

logger = logging.getLogger(__name__)

# So long after the first failed attempt comes the second, and so on; after the last one a delivery has failed. Some
# hours in all: what ails a machine or a service is mostly over by then.
WAITS = (
    timedelta(seconds=20),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
)

# Given the kind of event, the body, and the key of the effect; changes rows in the transaction around it.
Effect = Callable[[str, bytes, str], None]


def work_off_next(effect: Effect) -> bool:
    """Work off the oldest delivery that is due; False when there is none, or another process is at it.

    One that fails is put off, and the others go on; one that is Invalid has failed for good, as it will say the same
    the next time. When it is the database that fails, OperationalError or InterfaceError is raised, and counted as
    nobody's attempt.
    """
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=timezone.now())
    first = due.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return False
    try:
        return _work_off(first, effect)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        _put_off(first, error)
        return True


def _work_off(row_id: int, effect: Effect) -> bool:
    """False when another process holds it: that one looks for the next when it is done, so the order stays."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(skip_locked=True)
        delivery = locked.filter(pk=row_id, state=State.WAITING).first()
        if delivery is None:
            return False
        effect(delivery.event, content_of(delivery), delivery.key)
        Delivery.objects.filter(pk=row_id).update(state=State.DONE, ended_at=timezone.now(), error="")
        return True


def _put_off(row_id: int, error: Exception) -> None:
    """Note the failed attempt, and when the next one is due, if there is any hope of it."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=row_id)
        delivery.attempts += 1
        delivery.error = f"{type(error).__name__}: {error}"[:ERROR_CHARS].replace("\0", " ")
        if delivery.attempts <= len(WAITS) and not isinstance(error, Invalid):
            delivery.due_at = timezone.now() + WAITS[delivery.attempts - 1]
        else:
            delivery.state, delivery.ended_at = State.FAILED, timezone.now()
        delivery.save(update_fields=["attempts", "error", "due_at", "state", "ended_at"])
    outcome = "put off" if delivery.state == State.WAITING else "given up"
    logger.warning("A delivery of GitHub (%s) failed, and is %s: %s", delivery, outcome, delivery.error)
