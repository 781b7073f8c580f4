"""The audit trail's only writer: a deed is recorded in the transaction that does it, or neither happens."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.db import transaction
from django.db.models import Model

from chat.logs import note
from chat.models import AuditEntry, Message, Room, User
from chat.models.audit import ADDRESS_CHARS, NAME_CHARS

COMMAND = "command"


class Origin(NamedTuple):
    """Where a deed comes in: its `door` (web, api, socket, admin, command, job), and from which address."""

    door: str
    address: str = ""


_AT_THE_MACHINE = Origin(COMMAND)
_origin: ContextVar[Origin] = ContextVar("origin", default=_AT_THE_MACHINE)


@contextmanager
def coming_from(door: str, address: str = "") -> Iterator[None]:
    """Whatever is done inside came in there. The writer thread inherits it (chat.database.write)."""
    note(door=door, address=address)
    token = _origin.set(Origin(door, address))
    try:
        yield
    finally:
        _origin.reset(token)


def record(actor: User | None, action: str, target: Model, **details: object) -> None:
    """Add one entry inside the deed's transaction. `details` are JSON values; what people wrote is never among them.

    `actor` is None where nobody was signed in, as for a command; of that the machine's own user is named instead.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A deed is recorded in its own transaction.")
    origin = _origin.get()
    if origin.door == COMMAND and actor is None:
        details["machine_user"] = _machine_user()
    AuditEntry.objects.create(
        actor=actor,
        actor_name=actor.username if actor else "",
        action=action,
        target_type=target._meta.model_name or "",
        target_id=str(target.pk),
        target_name=name_of(target),
        door=origin.door,
        address=origin.address[:ADDRESS_CHARS],
        details=details,
    )


def name_of(target: Model) -> str:
    """A message is named by its number: its text may be what had to go."""
    if isinstance(target, User):
        return target.username
    name = target.slug if isinstance(target, Room) else str(target)
    return f"message {target.pk}" if isinstance(target, Message) else name[:NAME_CHARS]


def _machine_user() -> str:
    """Who runs the command. In a container it may be a number that no name belongs to."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
