"""The numbers that /metrics shows, counted in this process. Labels are words of ours, never what somebody sent."""

from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector

from chat.metrics.durations import Durations

# Of our own: the library's default one adds platform and garbage collector figures of no use here.
_registry = CollectorRegistry()
# Memory, processor time, open files and the time of the start, where the system tells (/proc).
ProcessCollector(registry=_registry)
# When each counter was made is nobody's question here, and doubles the lines.
disable_created_metrics()  # type: ignore[no-untyped-call]

batch_posts = Histogram(
    "chat_batch_posts",
    "Posts that one transaction took in, those it refused among them.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000),
    registry=_registry,
)
acknowledge_seconds = Durations(
    "chat_acknowledge_seconds",
    "From a post's arrival at the writer to its commit; the count is that of posts acknowledged.",
    (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15),
)
_registry.register(acknowledge_seconds)
holes_healed = Counter(
    "chat_holes_healed",
    "Times that a room's missing changes were read from the database.",
    registry=_registry,
)
heads_behind = Counter(
    "chat_heads_behind",
    "Times that the heads query found a room ahead of its feed here: a hint was lost, or is only just coming.",
    registry=_registry,
)
bad_frames = Counter("chat_bad_frames", "Frames that were no command.", registry=_registry)
database_unavailable = Counter(
    "chat_database_unavailable",
    "Calls and posts that were told to come again, as the database refused or did not answer.",
    registry=_registry,
)
writer_queue = Gauge(
    "chat_writer_queue",
    "Posts and other changes that wait for the writer or are with it.",
    registry=_registry,
)
layer_dropped = Counter(
    "chat_channel_layer_dropped",
    "Messages that the channel layer dropped, as too many waited.",
    ("where",),
    registry=_registry,
)
# By `committed`: `here` or `elsewhere`.
hub_lag_seconds = Durations(
    "chat_hub_lag_seconds",
    "From the commit of a change, here or elsewhere, until the hub of this process hears of it.",
    (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 10),
    label="committed",
)
_registry.register(hub_lag_seconds)
_closes = Counter("chat_closes", "Sockets that ended.", ("by", "code"), registry=_registry)
_commands = Counter("chat_commands", "Commands of sockets.", ("type", "outcome"), registry=_registry)
_requests = Counter("chat_requests", "Requests to the JSON API.", ("operation", "status"), registry=_registry)

_refusals = Counter(
    "chat_refusals",
    "Requests, handshakes and connections that the server itself refused.",
    ("reason",),
    registry=_registry,
)
_job_seconds = Histogram(
    "chat_job_seconds",
    "How long the runs of a job took in this process; the count is that of runs.",
    ("job",),
    buckets=(0.01, 0.1, 1, 10, 60, 600),
    registry=_registry,
)
_job_failures = Counter("chat_job_failures", "Runs of a job that failed here.", ("job",), registry=_registry)


# What browsers and programs say when they go; anything else a client may say is one word here.
CODES_OF_CLIENTS = frozenset((1000, 1001, 1005, 1006, 1011))


def add(collector: Collector) -> None:
    """Ask it too, whenever somebody asks for the numbers."""
    _registry.register(collector)


def count_close(server: int | None, client: int | None) -> None:
    """A socket has ended: with the code that this side gave if it did, else with that of the other side."""
    if server is not None:
        _closes.labels("server", str(server)).inc()
    elif client is not None:
        _closes.labels("client", str(client) if client in CODES_OF_CLIENTS else "other").inc()
    else:
        _closes.labels("server", "none").inc()


def count_job(name: str, seconds: float, *, failed: bool) -> None:
    """A run has ended in this process; only registered jobs have a name."""
    _job_seconds.labels(name).observe(seconds)
    failures = _job_failures.labels(name)
    if failed:
        failures.inc()


def count_command(type: str, outcome: str) -> None:
    """`outcome` is `ok` or the code of the error."""
    _command(type, outcome).inc()


def count_request(operation: str, status: int) -> None:
    _request(operation, status).inc()


def count_refusal(reason: str) -> None:
    """`reason` is `address`, `body`, `headers`, `host`, `request`, `slow` or `unread`."""
    _refusals.labels(reason).inc()


def text() -> bytes:
    """Everything in Prometheus' text format."""
    return generate_latest(_registry)


# Looking up a labelled counter takes a lock and builds a key; the few there are stay at hand.
@cache
def _command(type: str, outcome: str) -> Counter:
    return _commands.labels(type, outcome)


@cache
def _request(operation: str, status: int) -> Counter:
    return _requests.labels(operation, str(status))
