"""manage.py token: a new bearer token for a program, alone on the last line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from chat.actions.accounts import create_account, create_token
from chat.errors import ChatError, Conflict
from chat.models import User


class Command(BaseCommand):
    help = "Prints a new bearer token on the last line; earlier ones stay valid. Starts no service."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="whose token: a username")
        parser.add_argument("--create", action="store_true", help="make the user if there is none")

    def handle(self, *, name: str, create: bool, **options: Any) -> None:
        try:
            self.stdout.write(create_token(_find(name) or _make(name, create), label="manage.py token"))
        except ChatError as error:
            raise CommandError(error.detail) from error
        except DatabaseError as error:
            # PostgreSQL shows the query below its first line.
            said = str(error).partition("\n")[0]
            raise CommandError(f"The database refused ({said}). Has it been migrated?") from error


def _find(name: str) -> User | None:
    """The user, in whatever case the name was typed; raises CommandError for one that no token lets in."""
    name = User.normalize_username(name)
    found = User.objects.filter(username=name).first() or User.objects.filter(username__iexact=name).first()
    if found is not None and not found.is_active:
        raise CommandError(f"{found.username} is deactivated.")
    return found


def _make(name: str, create: bool) -> User:
    if not create:
        raise CommandError(f"There is no user {name!r}. --create makes one.")
    try:
        return create_account(name, None, name=name)
    except Conflict:
        # Another `token --create` was quicker.
        return User.objects.get(username__iexact=User.normalize_username(name))
