"""The chat as a Django app."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every server and every door starts the hub alike, with the same answers to its questions."""
        from chat import hub
        from chat.readers import DatabaseReaders

        hub.use_readers(DatabaseReaders())
