"""What probes and operators ask: alive, ready, the numbers; and a delay to see that waiting holds nobody up."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse

from chat import database, history, hub, metrics
from chat.api.admission import Access, Call
from chat.api.resource import operation
from chat.auth import visitor_of
from chat.errors import Forbidden, Unauthenticated, Unavailable
from chat.peers import is_loopback, is_proxied

# A probe must hear something before it gives up, whatever hangs.
READY_SECONDS = 2.0
DELAY_MOST_SECONDS = 10

# Probes of what hangs end by themselves, later.
_probes: set[asyncio.Task[bool]] = set()


class Alive(msgspec.Struct):
    status: Literal["ok"] = "ok"


class Ready(msgspec.Struct):
    """`degraded`: Redis is away; messages are taken and delivered, other processes' with a delay."""

    status: Literal["ok", "degraded"]


class DelayQuery(msgspec.Struct):
    seconds: Annotated[float, msgspec.Meta(ge=0, le=DELAY_MOST_SECONDS)]


class Delayed(msgspec.Struct):
    seconds: float


@operation("GET", Access.UNASKED)
async def tell_alive(call: Call) -> Alive:
    """The process answers; nothing else is touched."""
    return Alive()


@operation("GET", Access.UNASKED)
async def tell_ready(call: Call) -> Ready:
    """200 while the database answers, `degraded` while Redis does not; 503 without the database."""
    has_database, has_layer = await asyncio.gather(_in_time(_database_answers()), _in_time(_layer_answers()))
    if not has_database:
        raise Unavailable("The database does not answer.", retry_after=1)
    return Ready("ok" if has_layer else "degraded")


@operation("GET", Access.UNASKED)
async def read_metrics(call: Call) -> HttpResponse:
    """The numbers of this process in Prometheus' text format: on this machine, and elsewhere for staff."""
    if not _is_local(call.request):
        visitor = await visitor_of(call.request)
        if visitor.user is None:
            raise visitor.refused or Unauthenticated("Metrics are for staff.")
        if not visitor.user.is_staff:
            raise Forbidden("Metrics are for staff.")
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


@operation("GET", Access.ANYBODY)
async def delay(call: Call, query: DelayQuery) -> Delayed:
    """Answers after 0 to 10 seconds."""
    await asyncio.sleep(query.seconds)
    return Delayed(query.seconds)


async def _in_time(probe: Coroutine[Any, Any, bool]) -> bool:
    """What the probe says, or False when it says nothing in time. It is left alone then: redis-py may swallow a
    cancellation, and a hub that is just starting must not be cut off.
    """
    task = asyncio.create_task(probe)
    _probes.add(task)
    task.add_done_callback(_probes.discard)
    done, _ = await asyncio.wait([task], timeout=READY_SECONDS)
    return task in done and task.result()


async def _database_answers() -> bool:
    try:
        await database.call(history.epoch)
    except Unavailable:
        return False
    return True


async def _layer_answers() -> bool:
    return await (await hub.current()).bus.answers()


def _is_local(request: HttpRequest) -> bool:
    """A proxy on this machine would make everybody look like loopback."""
    return is_loopback(request.META.get("REMOTE_ADDR") or "") and not is_proxied(request)
