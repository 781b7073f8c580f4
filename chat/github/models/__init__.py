"""The tables of the GitHub app."""

from chat.github.models.delivery import Delivery
from chat.github.models.subscription import Gathering, RoomSetting, Subscription

__all__ = ["Delivery", "Gathering", "RoomSetting", "Subscription"]
