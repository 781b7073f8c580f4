"""Reading a whole database as it was at one moment, while servers go on writing; and databases in other files."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

from django.db import connections, transaction

LOOKING = "looking"
# Deferred transactions that only read: an installation's own connections take the write lock when they begin.
_READING = {"timeout": 20, "init_command": "PRAGMA query_only=ON; PRAGMA cache_size=-32768;"}


@contextmanager
def at_one_moment(using: str = "default") -> Iterator[str]:
    """The alias of a connection on which every query sees the same moment; nobody who writes is held up."""
    if connections[using].vendor == "sqlite":
        file = Path(connections[using].settings_dict["NAME"])
        with opened(file, LOOKING, _READING), transaction.atomic(using=LOOKING):
            yield LOOKING
        return
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield using


@contextmanager
def opened(file: Path, alias: str, options: dict[str, object] | None = None) -> Iterator[str]:
    """A connection of its own to an SQLite database in this file, under `alias`; without `options` an ordinary one."""
    settings = deepcopy(connections["default"].settings_dict) | {"NAME": str(file)}
    if options is not None:
        settings["OPTIONS"] = options
    connections.settings[alias] = settings
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
