"""The audit trail's only writer: a deed is recorded in the transaction that does it, or neither happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.db.models import Model

from chat.models import AuditEntry, Message, Room, User

NAME_CHARS = 150


class Origin(NamedTuple):
    """Where a deed comes in: its `door` (web, api, socket, admin, command, job), and from which address."""

    door: str
    address: str = ""


_AT_THE_MACHINE = Origin("command")
_origin: ContextVar[Origin] = ContextVar("origin", default=_AT_THE_MACHINE)


@contextmanager
def coming_from(door: str, address: str = "") -> Iterator[None]:
    """Whatever is done inside came in there. The writer thread inherits it (chat.database.write)."""
    token = _origin.set(Origin(door, address))
    try:
        yield
    finally:
        _origin.reset(token)


def record(actor: User | None, action: str, target: Model, **details: object) -> None:
    """Add one entry. `details` are JSON values; what people wrote is never among them."""
    origin = _origin.get()
    AuditEntry.objects.create(
        actor=actor,
        actor_name=actor.username if actor else "",
        action=action,
        target_type=target._meta.model_name or "",
        target_id=str(target.pk),
        target_name=_name(target),
        door=origin.door,
        address=origin.address,
        details=details,
    )


def _name(target: Model) -> str:
    """A message is named by its number: its text may be what had to go."""
    if isinstance(target, User):
        return target.username
    name = target.slug if isinstance(target, Room) else str(target)
    return f"message {target.pk}" if isinstance(target, Message) else name[:NAME_CHARS]
