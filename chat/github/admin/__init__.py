"""The GitHub app's pages in the admin."""

from chat.github.admin import deliveries, spending, subscriptions

__all__ = ["spending", "deliveries", "subscriptions"]
