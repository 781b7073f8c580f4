"""The hubs of this process: the one of the running loop, made when first asked for; and the way to reach them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

from chat import embedded_redis, metrics
from chat.batches import tell
from chat.errors import Unavailable
from chat.hub import listeners, measures
from chat.hub.audience import Outlet, Wire
from chat.hub.bus import ANSWER_SECONDS
from chat.hub.feed import RoomFeed
from chat.hub.hints import (
    CardChanged,
    Hint,
    Item,
    MembershipsChanged,
    Passing,
    PersonChanged,
    SessionsChanged,
    group_of,
    to_layer,
)
from chat.hub.hub import HEARTBEAT_SECONDS, Connection, Hub
from chat.hub.listeners import listen
from chat.hub.readers import Credential, Healed, Readers, Standing

__all__ = [
    "CardChanged",
    "HEARTBEAT_SECONDS",
    "Connection",
    "Credential",
    "Healed",
    "Hint",
    "Hub",
    "Item",
    "MembershipsChanged",
    "Outlet",
    "Passing",
    "PersonChanged",
    "Readers",
    "RoomFeed",
    "SessionsChanged",
    "Standing",
    "Wire",
    "current",
    "is_running",
    "listen",
    "publish",
    "publish_all",
    "stop",
    "use_readers",
]

logger = logging.getLogger(__name__)

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
_given: list[Readers] = []
metrics.add(measures.HubState(lambda: list(_hubs.values())))


def use_readers(readers: Readers) -> None:
    """Say how hubs ask the database; called once, when the app is ready."""
    _given[:] = [readers]


async def current() -> Hub:
    """The hub of the running loop, started. The first call of a process also finds or starts its Redis."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        hub = _hubs[loop] = Hub(_given[0])
        if settings.EMBEDDED_REDIS:
            await _ensure_redis(settings.DATA_DIR)
        hub.start()
    return _hubs[loop]


def is_running() -> bool:
    """Whether the running loop has a hub, which hears what other processes publish."""
    return asyncio.get_running_loop() in _hubs


async def stop() -> None:
    """End the hub of the running loop, if there is one."""
    hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        await hub.stop()


def publish(item: Item) -> None:
    """The same as publish_all for one item."""
    publish_all([item])


def publish_all(items: Sequence[Item]) -> None:
    """Hand items to the hubs of this process, from any thread; without one, to the other processes directly.

    Each hub's loop is woken once for all of them. Never raises: the database is the log, and heads queries find
    what nobody was told. Listeners of this process have heard them when this returns.
    """
    measures.sent(items)
    for item in items:
        listeners.tell(item)
    running = [(loop, hub) for loop, hub in list(_hubs.items()) if loop.is_running()]
    for loop, hub in running:
        tell(loop, partial(hub.accept, items))
    if not running:
        _publish_alone(items)


def _publish_alone(items: Sequence[Item]) -> None:
    """One PUBLISH for each group, from a management command or a WSGI process."""
    try:
        async_to_sync(_send_once)(items)
    except Exception as error:
        logger.info("Nobody was told of a change; they will find it by themselves: %s", error)


async def _send_once(items: Sequence[Item]) -> None:
    by_group: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_group[group_of(item)].append(item)
    layer = get_channel_layer()
    async with asyncio.timeout(ANSWER_SECONDS):
        for group, together in by_group.items():
            await layer.group_send(group, to_layer(together, origin=""))
        await layer.flush()


async def _ensure_redis(data_dir: Path) -> None:
    try:
        await asyncio.to_thread(embedded_redis.ensure, data_dir)
    except Unavailable as error:
        logger.warning("%s", error.detail)
