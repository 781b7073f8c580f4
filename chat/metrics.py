"""The numbers that /metrics shows, counted in this process. Labels are words of ours, never what somebody sent."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Of our own: the library's default one adds platform and garbage collector figures of no use here.
_registry = CollectorRegistry()

connections = Gauge("chat_connections", "Sockets open now.", registry=_registry)
batch_posts = Histogram(
    "chat_batch_posts",
    "Posts that one transaction took in, those it refused among them.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000),
    registry=_registry,
)
acknowledge_seconds = Histogram(
    "chat_acknowledge_seconds",
    "From a post's arrival at the writer to its commit; the count is that of posts acknowledged.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15),
    registry=_registry,
)
holes_healed = Counter(
    "chat_holes_healed",
    "Times that a room's missing changes were read from the database.",
    registry=_registry,
)
_commands = Counter("chat_commands", "Commands of sockets.", ("type", "outcome"), registry=_registry)
_requests = Counter("chat_requests", "Requests to the JSON API.", ("operation", "status"), registry=_registry)

_job_seconds = Histogram(
    "chat_job_seconds",
    "How long the runs of a job took in this process; the count is that of runs.",
    ("job",),
    buckets=(0.01, 0.1, 1, 10, 60, 600),
    registry=_registry,
)
_job_failures = Counter("chat_job_failures", "Runs of a job that failed here.", ("job",), registry=_registry)


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
