"""What Django Channels sees: the pub/sub layer of channels-redis, joined in writing, read in bulk, and bounded."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, TypeVar

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import _wrap_close, decode_hosts

from chat.layer.inbox import INBOX_MOST, Inbox
from chat.layer.shard import Shard

Message = dict[str, Any]
T = TypeVar("T")


class ChatChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """Takes what the layer of channels-redis takes, and `capacity`: how many messages may wait in a channel."""

    async def receive(self, channel: str) -> Message:
        """The next message of a channel of this process; waits for it."""
        message: Message = await self._get_layer().receive(channel)
        return message

    async def group_send(self, group: str, message: Message) -> int:
        """Send to every process that joined `group`; the copy they receive carries `"group"`.

        One process receives for many rooms through one channel, so a message must name its group. Returns how many
        connections Redis passed it on to, once it has; raises RedisError, OSError, TimeoutError or ChannelFull.
        """
        return await self.group_send_all([(group, message)])

    async def group_send_all(self, messages: Iterable[tuple[str, Message]]) -> int:
        """The same for many messages to many groups, in one round trip."""
        packed = [(group, self.serialize({**message, "group": group})) for group, message in messages]
        return await self._get_layer().publish_all(packed)

    async def group_add_all(self, groups: Iterable[str], channel: str) -> None:
        """Have a channel of this process join many groups, in one round trip."""
        await self._get_layer().group_add_all(groups, channel)

    def _get_layer(self) -> "LoopLayer":
        loop = asyncio.get_running_loop()
        layer: LoopLayer | None = self._layers.get(loop)
        if layer is None:
            layer = self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return layer


class LoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]
    """The layer of one event loop."""

    def __init__(self, hosts: Any = None, *args: Any, capacity: int = INBOX_MOST, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)
        self._capacity = capacity
        self._shards: list[Shard] = [Shard(host, self._deliver) for host in decode_hosts(hosts)]

    async def publish_all(self, messages: Iterable[tuple[str, bytes]]) -> int:
        """Hand packed messages for groups to Redis; how many heard them."""
        by_shard: dict[Shard, list[tuple[str, bytes]]] = defaultdict(list)
        for group, data in messages:
            name = self._get_group_channel_name(group)
            by_shard[self._get_shard(name)].append((name, data))
        return sum(await _together([shard.publish_all(packed) for shard, packed in by_shard.items()]))

    async def group_add_all(self, groups: Iterable[str], channel: str) -> None:
        """As `group_add` for each."""
        if channel not in self.channels:
            raise RuntimeError("Only a channel of this process can join a group.")
        by_shard: dict[Shard, list[str]] = defaultdict(list)
        for group in groups:
            name = self._get_group_channel_name(group)
            self.groups.setdefault(name, set()).add(channel)
            by_shard[self._get_shard(name)].append(name)
        await _together([shard.subscribe(*names) for shard, names in by_shard.items()])

    async def _subscribe_to_channel(self, channel: str) -> None:
        self.channels[channel] = Inbox(self._capacity)
        shard = self._get_shard(channel)
        try:
            await shard.subscribe(channel)
        except BaseException:
            # The caller never hears of this channel, and so nobody would ever empty or end it.
            self.channels.pop(channel, None)
            await shard.unsubscribe(channel)
            raise

    def _deliver(self, name: str, data: bytes) -> None:
        """Something was published to a channel of this process, or to a group that some have joined."""
        if (inbox := self.channels.get(name)) is not None:
            inbox.put_nowait(data)
            return
        for channel in self.groups.get(name, ()):
            if (inbox := self.channels.get(channel)) is not None:
                inbox.put_nowait(data)


async def _together(steps: Sequence[Awaitable[T]]) -> list[T]:
    """Usually there is one host: then it costs no task."""
    return [await steps[0]] if len(steps) == 1 else await asyncio.gather(*steps)
