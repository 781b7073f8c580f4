"""The birth of an installation, and its second life after a restore: its history gets a name."""

from importlib import import_module

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from chat.models import Installation, Message, Room
from chat.models.installation import new_epoch

# Far more than were written between a backup and its loss.
SKIPPED_MESSAGE_IDS = 1_000_000


def found_installation(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make what every installation has, once: after the first migration, or after the database was emptied."""
    with transaction.atomic(using=using):
        if Installation.objects.using(using).exists():
            return
        Installation.objects.using(using).create()
        lobby = {"name": "Lobby", "topic": "Everybody meets here"}
        Room.objects.using(using).get_or_create(slug="lobby", defaults=lobby)


def begin_another_history(using: str = DEFAULT_DB_ALIAS, *, end_sessions: bool = False) -> str:
    """Draw another epoch, for numbers that may go backwards; returns it.

    Ids of messages that were lost are given to no other message: somebody may still hold them in an address, in a
    quote that waits to be sent, or as how far they have read.
    """
    epoch = new_epoch()
    with transaction.atomic(using=using):
        if not Installation.objects.using(using).update(epoch=epoch):
            Installation.objects.using(using).create(epoch=epoch)
        _skip_message_ids(using)
        if end_sessions:
            sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
            sessions.objects.using(using).all().delete()
    return epoch


def _skip_message_ids(using: str) -> None:
    table = Message._meta.db_table
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            skip = "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s"
            cursor.execute(skip, [SKIPPED_MESSAGE_IDS, table])
            if cursor.rowcount == 0:
                begin = "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)"
                cursor.execute(begin, [table, SKIPPED_MESSAGE_IDS])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            [counter] = cursor.fetchone()
            cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [counter, counter, SKIPPED_MESSAGE_IDS])
