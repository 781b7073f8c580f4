"""One Redis of the layer: one connection to publish, one to listen, opened when first needed."""

from collections.abc import Callable, Sequence

from channels_redis.utils import _close_redis, create_pool
from redis.asyncio import Redis
from redis.asyncio.sentinel import SentinelConnectionPool

from chat.layer.link import Link
from chat.layer.publisher import Publisher
from chat.layer.subscriber import Subscriber


class Shard:
    """What the stock layer asks of its connection to one host, and the same for many at once."""

    def __init__(self, host: dict[str, object], deliver: Callable[[str, bytes], None]) -> None:
        self._host = host
        self._redis: Redis | None = None
        self._publisher = Publisher(self._open)
        self._subscriber = Subscriber(self._open, deliver)

    async def publish(self, name: str, data: bytes) -> int:
        return await self._publisher.publish([(name, data)])

    async def publish_all(self, messages: Sequence[tuple[str, bytes]]) -> int:
        return await self._publisher.publish(messages)

    async def subscribe(self, *names: str) -> None:
        await self._subscriber.subscribe(names)

    async def unsubscribe(self, *names: str) -> None:
        self._subscriber.unsubscribe(names)

    async def flush(self) -> None:
        """Forget all subscriptions and close all connections; what is asked next opens new ones."""
        await self._subscriber.stop()
        await self._publisher.stop()
        if self._redis is not None:
            # Connections are closed only when they are told to: at their end there may be no loop to do it on.
            redis, self._redis = self._redis, None
            await _close_redis(redis)
            if isinstance(redis.connection_pool, SentinelConnectionPool):
                for sentinel in redis.connection_pool.sentinel_manager.sentinels:
                    await sentinel.aclose()

    async def _open(self) -> Link:
        if self._redis is None:
            self._redis = Redis(connection_pool=create_pool(self._host))
        return await Link.open(self._redis.connection_pool)
