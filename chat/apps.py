"""The chat as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every server and every door starts the hub alike, with the same answers to its questions."""
        from chat import checks, hub
        from chat.accounts import sessions
        from chat.readers import DatabaseReaders

        hub.use_readers(DatabaseReaders())
        sessions.listen()
        post_migrate.connect(_found, sender=self)
        register(checks.check_combinations)


def _found(using: str, **_: Any) -> None:
    from chat.actions.installation import found_installation

    found_installation(using)
