"""The birth of an installation: its history gets a name, and the lobby stands open."""

from django.db import transaction

from chat.models import Installation, Room


def found_installation() -> None:
    """Make what every installation has, once: after the first migration, or after the database was emptied."""
    with transaction.atomic():
        if Installation.objects.exists():
            return
        Installation.objects.create()
        Room.objects.get_or_create(slug="lobby", defaults={"name": "Lobby", "topic": "Everybody meets here"})
