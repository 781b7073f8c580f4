"""manage.py backup: everything that the installation holds, in one folder, while servers run."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from chat.backups.saving import save_backup, usual_target
from chat.backups.signals import ending_in_order
from chat.errors import ChatError


class Command(BaseCommand):
    help = "Saves database and uploads into a folder, whole or not at all; its name is on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target", nargs="?", type=Path, help="default: backups/backup-<UTC time> in the data folder"
        )
        parser.add_argument(
            "--with-secret-key", action="store_true", help="also save the secret key of the data folder"
        )

    def handle(self, *, target: Path | None, with_secret_key: bool, **options: Any) -> None:
        folder = (target or usual_target()).absolute()
        try:
            with ending_in_order():
                saved = save_backup(folder, with_secret_key=with_secret_key)
        except ChatError as error:
            raise CommandError(error.detail) from error
        except DatabaseError as error:
            said = str(error).partition("\n")[0]
            raise CommandError(f"The database refused ({said}). Has it been migrated?") from error
        messages = sum(room.messages for room in saved.rooms)
        size = sum(file.size for file in saved.files.values())
        self.stdout.write(f"Saved {len(saved.rooms):,} rooms, {messages:,} messages, {size:,} bytes to")
        self.stdout.write(str(folder))
