"""A PostgreSQL database as one file, by PostgreSQL's own pg_dump and pg_restore."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from chat.backups.files import make_file
from chat.errors import Unavailable
from chat.models import Installation

FILE = "database.dump"
DEBIANS_FOLDERS = Path("/usr/lib/postgresql")


def save(folder: Path) -> Path:
    """Dump what the running transaction of the default connection sees.

    The epoch is left out: whatever is loaded from the file, by hand too, begins a history of its own.
    """
    file = make_file(folder / FILE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
    options = ["--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
    without = f"--exclude-table-data={Installation._meta.db_table}"
    _run(_program("pg_dump"), *options, without, f"--file={file}")
    return file


def load(file: Path) -> None:
    """Fill the empty database, in a single transaction; its empty tables give way to those of the file."""
    program = _program("pg_restore")
    drop_tables()
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run(program, *options, str(file))


def drop_tables() -> None:
    """Leave nothing of the chat. Tables of others in the same database stay."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    ours |= {"django_migrations", *(str(cache["LOCATION"]) for cache in settings.CACHES.values())}
    with transaction.atomic(), connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in sorted(ours & there):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")


def _run(program: Path, *arguments: str) -> None:
    """The program on this database; raises Unavailable with what it said."""
    with _address() as address:
        done = subprocess.run(
            [str(program), f"--dbname={address}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    if done.returncode:
        lines = done.stderr.splitlines() or [f"exit code {done.returncode}"]
        said = next((line for line in lines if "error" in line), lines[0])
        raise Unavailable(f"{program.name} did not succeed: {said.removeprefix(f'{program.name}: ')}")


@contextmanager
def _address() -> Iterator[str]:
    """The database in libpq's words. The password stays in a file: everybody can see the words of a program."""
    given = connection.get_connection_params()
    # What Django hands to psycopg beside libpq's own words are objects.
    words: dict[str, Any] = {
        name: value for name, value in given.items() if isinstance(value, str | int) and value != ""
    }
    words.pop("prepare_threshold", None)
    password = str(words.pop("password", ""))
    with tempfile.NamedTemporaryFile("w", prefix="chat-", suffix=".pgpass") as file:
        if password:
            file.write("*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n")
            file.flush()
            words["passfile"] = file.name
        yield make_conninfo(**words)


def _program(name: str) -> Path:
    """The program of the server's major version, else of the nearest newer one; raises Unavailable."""
    connection.ensure_connection()
    server = connection.connection.info.server_version // 10_000
    on_path = shutil.which(name)
    candidates = [Path(on_path)] if on_path else []
    candidates += sorted(DEBIANS_FOLDERS.glob(f"*/bin/{name}"))
    versions = [(version, file) for file in candidates if (version := _major_version(file)) is not None]
    fitting = [found for found in versions if found[0] >= server]
    if fitting:
        return min(fitting, key=lambda found: found[0])[1]
    there_is = f"only {name} {max(versions)[0]}" if versions else f"no {name}"
    raise Unavailable(
        f"There is {there_is} here, and the server is PostgreSQL {server}: install its client programs "
        f"(Debian: apt install postgresql-client-{server}), or put them on PATH."
    )


def _major_version(file: Path) -> int | None:
    """None for a program that does not say, such as a wrapper that has nothing to wrap."""
    try:
        done = subprocess.run([str(file), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r" (\d+)", done.stdout)
    return int(found[1]) if found else None
