"""The GitHub app's pages in the admin."""

from chat.github.admin import subscriptions

__all__ = ["subscriptions"]
