"""Saving a backup: the database at one moment, the uploads, and a manifest that describes exactly these."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from chat.backups import manifest, postgres, sqlite
from chat.backups.files import copy_file, copy_tree, draft_of
from chat.backups.manifest import Manifest
from chat.errors import Unavailable
from chat.verification import at_one_moment, opened

UPLOADS = "media"
SECRET_KEY = "secret_key"


def usual_target() -> Path:
    """A name that sorts by time, in the data folder."""
    return Path(settings.DATA_DIR) / "backups" / f"backup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def save_backup(target: Path, *, with_secret_key: bool = False) -> Manifest:
    """Make the folder `target`, whole or not at all; raises Conflict when it exists, Unavailable when it cannot be."""
    with draft_of(target) as draft:
        saved = _save_database(draft)
        uploads = Path(settings.DATA_DIR) / UPLOADS
        # After the database: whatever the saved messages name was uploaded before them.
        if uploads.is_dir():
            copy_tree(uploads, draft / UPLOADS)
        if with_secret_key:
            copy_file(_kept_secret_key(), draft / SECRET_KEY)
        manifest.write(saved, draft)
    return saved


def _save_database(draft: Path) -> Manifest:
    """The manifest is computed from what was saved: the copy itself, or the one snapshot that pg_dump reads too."""
    if connection.vendor == "sqlite":
        with opened(sqlite.save(draft), "saved", {"init_command": "PRAGMA query_only=ON"}) as copy:
            return manifest.describe(copy)
    with at_one_moment() as moment:
        postgres.save(draft)
        return manifest.describe(moment)


def _kept_secret_key() -> Path:
    file = Path(settings.DATA_DIR) / SECRET_KEY
    if not file.is_file() or file.read_text().strip() != settings.SECRET_KEY:
        raise Unavailable("SECRET_KEY comes from the environment; keep it where you keep that.")
    return file
