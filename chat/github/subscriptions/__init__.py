"""Rooms that hear of repositories: who decides about it, what is told, and where in the room it gathers."""

from chat.github.subscriptions.announcing import announce
from chat.github.subscriptions.settings import default_repository

__all__ = ["announce", "default_repository"]
