"""The tables of the GitHub app."""

from chat.github.models.card import Card
from chat.github.models.delivery import Delivery
from chat.github.models.spending import Allowance, Spending
from chat.github.models.subscription import Gathering, RoomSetting, Subscription

__all__ = ["Allowance", "Card", "Delivery", "Gathering", "RoomSetting", "Spending", "Subscription"]
