"""What is measured of the hubs: their state when somebody asks, and how long a hint was under way."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chat import metrics
from chat.hub.hints import Hint, Item

if TYPE_CHECKING:
    from chat.hub.hub import Hub

HERE, ELSEWHERE = "here", "elsewhere"


def sent(items: Iterable[Item]) -> None:
    """Note when hints set out, which is right after their commit."""
    moment = time.time()
    for item in items:
        if isinstance(item, Hint):
            item.sent_at = moment


def arrived(items: Iterable[Item], committed: str) -> None:
    """Measure hints of this process or of another one, as they come to the hub of this one."""
    moment = time.time()
    sent_at = [item.sent_at for item in items if isinstance(item, Hint) and item.sent_at is not None]
    if sent_at:
        # Two machines' clocks may differ by more than it took.
        metrics.hub_lag_seconds.observe([max(0.0, moment - each) for each in sent_at], committed)


class HubState(Collector):
    """Counted when asked for: that costs the hubs nothing, and cannot drift from what they hold."""

    def __init__(self, hubs: Callable[[], list["Hub"]]) -> None:
        self._hubs = hubs

    def collect(self) -> Iterable[Metric]:
        """The figures of all hubs of this process together; usually there is one."""
        hubs = self._hubs()
        everybody = [connection for hub in hubs for connection in list(hub.connections)]
        plain = sum(connection.plain for connection in everybody)
        connections = GaugeMetricFamily("chat_connections", "Sockets open now.", labels=["dialect"])
        connections.add_metric(["chat.v1"], len(everybody) - plain)
        connections.add_metric(["plain"], plain)
        yield connections
        pending = [connection.pending for connection in everybody]
        feeds = [feed for hub in hubs for feed in list(hub.feeds.values())]
        for name, text, value in (
            ("chat_rooms_followed", "Rooms with a subscriber here.", len(feeds)),
            (
                "chat_subscriptions",
                "Rooms that sockets listen to.",
                sum(len(feed.subscribers) for feed in feeds),
            ),
            ("chat_queue_bytes", "Frames that wait to be written to sockets.", sum(pending)),
            ("chat_queue_bytes_largest", "The same for the slowest reader alone.", max(pending, default=0)),
            ("chat_channel_layer_up", "Redis takes messages.", all(not hub.bus.degraded for hub in hubs)),
        ):
            yield GaugeMetricFamily(name, text, value=float(value))
