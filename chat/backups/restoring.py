"""Restoring a backup into an empty installation: checked before, migrated, verified, and a history of its own.

Whatever ends it early leaves the installation empty, or without an epoch, which no server and no later restore
takes for a whole one.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from chat import verification
from chat.actions.audit import record
from chat.actions.installation import begin_another_history
from chat.backups import manifest, postgres, sqlite
from chat.backups.files import copy_file, copy_tree, sync
from chat.backups.manifest import Manifest
from chat.backups.saving import SECRET_KEY, UPLOADS
from chat.errors import Conflict, Invalid
from chat.models import Installation, Message, Room, User

PREPARED = "prepared"
Say = Callable[[str], object]


def restore_backup(source: Path, say: Say, *, end_sessions: bool = False) -> Manifest:
    """Fill this installation with the backup in the folder `source`; `say` is told each step.

    Raises Invalid for a backup that is damaged, foreign or too new, Conflict for an installation that is not
    empty, Unavailable when it cannot be written.
    """
    saved = manifest.read(source / manifest.NAME)
    _check_fits(saved)
    manifest.check_files(saved, source)
    say(f"The backup of {saved.made_at} is whole: {len(saved.files)} files, {len(saved.rooms)} rooms.")
    check_empty()
    with _restored_uploads(source / UPLOADS):
        restore = _into_sqlite if connection.vendor == "sqlite" else _into_postgresql
        restore(source, saved, say, end_sessions)
    with transaction.atomic():
        record(None, "backup_restored", Installation.objects.get(), made_at=saved.made_at, epoch=saved.epoch)
    if (source / SECRET_KEY).is_file():
        _put_secret_key(source / SECRET_KEY, say)
    return saved


def check_empty() -> None:
    """Raise Conflict when there is more in this installation than its first migration makes."""
    tables = connection.introspection.table_names()
    if Message._meta.db_table not in tables:
        return
    held = {
        "messages": Message.objects.exists(),
        "people": User.objects.exists(),
        "rooms": Room.objects.exclude(slug="lobby").exists(),
    }
    found = " and ".join(what for what, is_there in held.items() if is_there)
    if found and not Installation.objects.exists():
        raise Conflict(
            "This database was left by a restore that did not finish: it has no epoch. Empty it, then restore again."
        )
    if found:
        raise Conflict(
            f"This installation is not empty: it holds {found}. A backup is restored into an empty one only."
        )


def _check_fits(saved: Manifest) -> None:
    if saved.database != connection.vendor:
        raise Invalid(f"This is a backup of {saved.database}, and the database here is {connection.vendor}.")
    known = MigrationLoader(None).disk_migrations or {}
    unknown = set(saved.migrations) - {f"{app}.{name}" for app, name in known}
    if unknown:
        newest = ", ".join(sorted(unknown))
        raise Invalid(f"The backup is of a newer version of the chat, with the migrations {newest}.")


def _into_sqlite(source: Path, saved: Manifest, say: Say, end_sessions: bool) -> None:
    """Everything is done to a copy; the installation gets it at the end, in one transaction."""
    with (
        tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.DATA_DIR) as folder,
        verification.opened(Path(folder) / sqlite.FILE, PREPARED) as prepared,
    ):
        copy_file(source / sqlite.FILE, Path(folder) / sqlite.FILE)
        _complete(prepared, saved, say, end_sessions)
        connections[prepared].close()
        check_empty()
        sqlite.put_in_place(Path(folder) / sqlite.FILE)


def _into_postgresql(source: Path, saved: Manifest, say: Say, end_sessions: bool) -> None:
    try:
        postgres.load(source / postgres.FILE)
        _complete("default", saved, say, end_sessions)
    except BaseException:
        postgres.drop_tables()
        raise


def _complete(using: str, saved: Manifest, say: Say, end_sessions: bool) -> None:
    """Bring restored tables up to date, hold them against the manifest, and begin another history."""
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing the database up to date.")
        call_command("migrate", database=using, interactive=False, verbosity=0)
    say("Verifying it.")
    _verify(using, saved, say)
    epoch = begin_another_history(using, end_sessions=end_sessions)
    say(f"The history goes on under another epoch: {epoch}.")


def _verify(using: str, saved: Manifest, say: Say) -> None:
    """What is not as it was saved is refused; what was broken then already is told, and better had than lost."""
    difference = next(manifest.differences(saved, using), None)
    if difference is not None:
        raise Invalid(f"The database is not the one that the manifest describes: {difference}.")
    for outcome in verification.check_all(using):
        if outcome.broken:
            say(f"Was so already when it was saved: {outcome.examples[0]} ({outcome.broken} of this kind).")


@contextmanager
def _restored_uploads(source: Path) -> Iterator[None]:
    """Put the uploads there first; they go again when what follows fails."""
    target = Path(settings.DATA_DIR) / UPLOADS
    if target.is_dir() and any(target.iterdir()):
        raise Conflict(f"{target} is not empty.")
    if not source.is_dir():
        yield
        return
    if target.is_dir():
        target.rmdir()
    try:
        copy_tree(source, target)
        yield
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _put_secret_key(saved: Path, say: Say) -> None:
    """In place of the one that was made here; one of the environment is its operator's affair."""
    file = Path(settings.DATA_DIR) / SECRET_KEY
    if file.is_file() and file.read_text().strip() == settings.SECRET_KEY:
        draft = file.with_name(f"{SECRET_KEY}.{os.getpid()}")
        copy_file(saved, draft)
        draft.replace(file)
        sync(file.parent)
        say("The secret key of the backup is in place; servers take it at their next start.")
    else:
        say("SECRET_KEY comes from the environment; the one of the backup is left alone.")
