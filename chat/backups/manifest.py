"""The manifest of a backup: what was saved, when and from where, and by which hashes one can tell."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec
from django.apps import apps
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from chat.backups.files import files_in, make_file, sha256_of
from chat.errors import Invalid
from chat.models import Installation
from chat.payloads import now
from chat.verification import RoomChain, room_chains

NAME = "manifest.json"
FORMAT = 1
# A restore itself adds to these or takes from them.
TOUCHED_BY_RESTORE = {"chat_installation", "chat_auditentry", "django_session"}


class SavedFile(msgspec.Struct):
    size: int
    sha256: str


class Manifest(msgspec.Struct):
    """`epoch` names the history that was saved; a restore begins another. `seal` is the SHA-256 of all the rest."""

    made_at: str
    database: str
    server_version: str
    epoch: str
    migrations: list[str]
    tables: dict[str, int]
    rooms: list[RoomChain]
    chain: str
    files: dict[str, SavedFile] = {}
    format: int = FORMAT
    seal: str = ""


def describe(using: str) -> Manifest:
    """The database of this alias, which must stand still meanwhile."""
    connection = connections[using]
    rooms = list(room_chains(using))
    return Manifest(
        made_at=now(),
        database=connection.vendor,
        server_version=".".join(map(str, connection.get_database_version())),
        epoch=Installation.objects.using(using).values_list("epoch", flat=True).get(),
        migrations=applied_migrations(using),
        tables=_row_counts(using),
        rooms=rooms,
        chain=chain_of(rooms),
    )


def applied_migrations(using: str) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connections[using]).applied_migrations())


def chain_of(rooms: list[RoomChain]) -> str:
    """One hash for all rooms."""
    running = hashlib.sha256()
    for room in rooms:
        running.update(f"{room.id} {room.seq} {room.chain}\n".encode())
    return running.hexdigest()


def write(manifest: Manifest, folder: Path) -> None:
    """Add the hashes of the files in the folder, and put the manifest beside them."""
    for name in files_in(folder):
        file = folder / name
        manifest.files[name] = SavedFile(file.stat().st_size, sha256_of(file))
    manifest.seal = _seal_of(manifest)
    encoded = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1)
    make_file(folder / NAME).write_bytes(encoded + b"\n")


def read(file: Path) -> Manifest:
    """A manifest that is as it was written; raises Invalid for anything else."""
    manifest = read_unchecked(file)
    if manifest.format != FORMAT:
        raise Invalid(f"{file} has the format {manifest.format}; this version of the chat knows {FORMAT}.")
    if manifest.seal != _seal_of(manifest):
        raise Invalid(f"{file} was changed after it was written: its seal does not fit.")
    return manifest


def read_unchecked(file: Path) -> Manifest:
    """What stands in a manifest, whether or not it can be relied upon."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Manifest)
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror or error}.") from error
    except msgspec.MsgspecError as error:
        raise Invalid(f"{file} is not the manifest of a backup: {error}") from error


def check_files(manifest: Manifest, folder: Path) -> None:
    """Raise Invalid unless every file that the manifest names is there, as it was saved."""
    for name, saved in manifest.files.items():
        file = folder / name
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or file.is_symlink():
            raise Invalid(f"The manifest names {name}, which cannot be a file of a backup.")
        if not file.is_file():
            raise Invalid(f"{file} is missing.")
        if file.stat().st_size != saved.size:
            raise Invalid(
                f"{file} has {file.stat().st_size} bytes, and {saved.size} were saved: it is cut off."
            )
        if sha256_of(file) != saved.sha256:
            raise Invalid(f"{file} is damaged: its SHA-256 is not the one that was saved.")


def differences(manifest: Manifest, using: str) -> Iterator[str]:
    """Sentences on what the database of this alias holds otherwise than the manifest says.

    After newer migrations only heads and numbers of messages are compared: they may have changed the rest.
    """
    same_form = manifest.migrations == applied_migrations(using)
    saved = {room.id: room for room in manifest.rooms}
    for room in room_chains(using):
        before = saved.pop(room.id, None)
        if before is None:
            yield f"room {room.slug} was not saved"
        elif (room.seq, room.messages) != (before.seq, before.messages):
            counted = f"{before.messages} messages up to {before.seq}"
            yield f"room {room.slug} has {room.messages} messages up to {room.seq}; saved were {counted}"
        elif same_form and room.chain != before.chain:
            yield f"the history of room {room.slug} is not the one that was saved"
    yield from (f"room {room.slug} is missing" for room in saved.values())
    if same_form:
        yield from _miscounted(manifest, _row_counts(using))


def _miscounted(manifest: Manifest, counts: dict[str, int]) -> Iterator[str]:
    for table, saved in manifest.tables.items():
        if table not in TOUCHED_BY_RESTORE and counts.get(table) != saved:
            yield f"{table} has {counts.get(table, 'no')} rows; saved were {saved}"


def _row_counts(using: str) -> dict[str, int]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model._base_manager.using(using).count() for model in models}


def _seal_of(manifest: Manifest) -> str:
    bare = msgspec.structs.replace(manifest, seal="")
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
