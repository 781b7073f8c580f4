"""manage.py purge: everything that one person wrote is deleted, as the admin's page does it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.actions.purge import delete_some_by, left_of
from chat.models import User

# Between two steps: as long as a writer that waits for SQLite sleeps at most, so that posts get their turn.
PAUSE_SECONDS = 0.1


class Command(BaseCommand):
    help = "Deletes everything that a person wrote, for good. Whoever interrupts it may run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="whose messages: a username")
        parser.add_argument(
            "--yes", action="store_true", help="do it; without this it only says what it would do"
        )

    def handle(self, *, name: str, yes: bool, **options: Any) -> None:
        person = User.objects.filter(username=User.normalize_username(name)).first()
        if person is None:
            raise CommandError(f"There is no user {name!r}.")
        left = left_of(person)
        self.stdout.write(
            f"{left.messages} messages in {left.rooms} rooms, and reactions to {left.reactions} messages of others."
        )
        if not yes:
            self.stdout.write("Nothing is deleted yet. --yes deletes them for good.")
            return
        self._delete(person)

    def _delete(self, person: User) -> None:
        done = 0
        while changed := delete_some_by(person, None):
            done += changed
            self.stdout.write(f"{done} messages done, {left_of(person).changes} left.")
            self.stdout.flush()
            time.sleep(PAUSE_SECONDS)
