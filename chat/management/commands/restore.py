"""manage.py restore: an installation as a backup holds it, in an empty place."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from chat.backups.restoring import restore_backup
from chat.backups.signals import ending_in_order
from chat.errors import ChatError


class Command(BaseCommand):
    help = "Restores a backup into an empty installation: checks it, migrates it, verifies it, gives it a new epoch."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the folder that `manage.py backup` made")
        parser.add_argument("--end-sessions", action="store_true", help="everybody has to sign in again")

    def handle(self, *, source: Path, end_sessions: bool, **options: Any) -> None:
        try:
            with ending_in_order():
                saved = restore_backup(source.absolute(), self._say, end_sessions=end_sessions)
        except ChatError as error:
            raise CommandError(error.detail) from error
        except DatabaseError as error:
            said = str(error).partition("\n")[0]
            raise CommandError(f"The database refused: {said}") from error
        messages = sum(room.messages for room in saved.rooms)
        self._say(f"Restored {len(saved.rooms):,} rooms and {messages:,} messages of {saved.made_at}.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
