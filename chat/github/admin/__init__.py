"""The GitHub app's pages in the admin."""

from chat.github.admin import deliveries, subscriptions

__all__ = ["deliveries", "subscriptions"]
