"""The channel layer: channels-redis's pub/sub layer, whose group messages say which group they were sent to."""

from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer


class ChatChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """One process receives for many rooms through one channel, so a message must name its group."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to every process that joined `group`; the copy they receive carries `"group"`."""
        await self.__getattr__("group_send")(group, {**message, "group": group})
