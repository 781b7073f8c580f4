"""The GitHub app's pages in the admin."""

from chat.github.admin import cards, deliveries, spending, subscriptions

__all__ = ["cards", "deliveries", "spending", "subscriptions"]
