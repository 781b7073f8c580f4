"""The channel layer: Redis pub/sub that keeps up. Messages are hints here: bounded, and delivered at most once."""

from chat.layer.channel_layer import ChatChannelLayer

__all__ = ["ChatChannelLayer"]
