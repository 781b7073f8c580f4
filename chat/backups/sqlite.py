"""An SQLite database as one file: copied while servers write, and put in place under servers that run."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connections

from chat.backups.files import make_file
from chat.errors import Unavailable

FILE = "database.sqlite3"


def save(folder: Path) -> Path:
    """A copy of the database as it is at one moment. In WAL mode nobody who writes waits for it."""
    copy = make_file(folder / FILE)
    with _plainly("The database cannot be copied"):
        _copy(_file(), copy)
        with closing(sqlite3.connect(copy)) as connection:
            # One file by itself: WAL mode would want to write beside it whenever somebody looks.
            connection.execute("PRAGMA journal_mode=DELETE")
    return copy


def put_in_place(prepared: Path) -> None:
    """Fill the installation's empty database with the prepared one, in a single transaction of SQLite."""
    connections["default"].close()
    with _plainly("The database cannot be written"):
        _copy(prepared, _file())


def _file() -> Path:
    return Path(connections["default"].settings_dict["NAME"])


def _copy(source: Path, target: Path) -> None:
    """All pages in one step: between steps every commit of somebody else would start the copy anew."""
    patience = connections["default"].settings_dict["OPTIONS"]["timeout"]
    with (
        closing(
            sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=patience)
        ) as reading,
        closing(sqlite3.connect(target, timeout=patience)) as writing,
    ):
        reading.backup(writing, pages=-1)


@contextmanager
def _plainly(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable(f"{what}: {error}.") from error
