"""The tables of the GitHub app."""

from chat.github.models.subscription import Gathering, RoomSetting, Subscription

__all__ = ["Gathering", "RoomSetting", "Subscription"]
