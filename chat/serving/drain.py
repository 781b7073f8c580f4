"""The end of a server: everything in flight is answered, every socket is told, and it is over in ten seconds.

It knows no chat: what to say to the sockets is the lifespan's part.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from daphne.http_protocol import WebRequest

from chat.serving.seams import APPLICATION_KEY

if TYPE_CHECKING:
    from chat.serving.server import ChatServer

logger = logging.getLogger(__name__)

# Together under EXIT_WITHIN_S: goodbye and requests in flight, then close frames answered, then the rest.
IN_FLIGHT_S = 5.5
CLOSING_S = 1.5
STOP_S = 1.5
CANCEL_S = 0.5
# Whatever hangs, a thread included: a supervisor that waits ten seconds never has to kill us.
EXIT_WITHIN_S = 9.5
# Bytes handed to a transport leave in the next turns of the loop.
LAST_BYTES_S = 0.05


def exit_in_time() -> None:
    """From now on the process ends within EXIT_WITHIN_S, with code 0, even if a thread or the loop hangs."""
    timer = threading.Timer(EXIT_WITHIN_S, _exit_now)
    timer.daemon = True
    timer.start()


def _exit_now() -> None:
    logger.warning("Something did not end in time; leaving without it.")
    logging.shutdown()
    os._exit(0)


async def drain(server: "ChatServer") -> None:
    """Stop accepting, let what is in flight end, and close. Each step is bounded; none can stop the next."""
    for port in server.ports:
        port.stopListening()
    server.application = refuse
    await asyncio.gather(
        bounded("saying goodbye", server.lifespan.drain(), IN_FLIGHT_S),
        bounded("finishing requests", finish(server, is_request), IN_FLIGHT_S),
    )
    await bounded("closing sockets", finish(server, is_socket), CLOSING_S)
    await bounded("stopping", server.lifespan.stop(), STOP_S)
    await asyncio.sleep(LAST_BYTES_S)


async def bounded(what: str, step: Coroutine[Any, Any, None], seconds: float) -> None:
    """Run the step for at most this long; a failure or a delay is logged and goes no further."""
    task = asyncio.ensure_future(step)
    # Unlike wait_for, wait does not wait for a task that ignores its cancellation.
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        logger.warning("The shutdown went on without %s: not done after %s s.", what, seconds)
    elif error := task.exception():
        logger.error("The shutdown failed at %s.", what, exc_info=error)


async def finish(server: "ChatServer", wanted: Callable[[object], bool]) -> None:
    """Return when no wanted connection has an application at work."""
    while rest := applications(server, wanted):
        await asyncio.wait(rest)


def is_request(protocol: object) -> bool:
    """A view at work. A request whose body has not arrived yet has no application and is not waited for."""
    return isinstance(protocol, WebRequest)


def is_socket(protocol: object) -> bool:
    """A consumer, whose end comes after the closing handshake and its own cleanup."""
    return not isinstance(protocol, WebRequest)


def applications(server: "ChatServer", wanted: Callable[[object], bool]) -> list["asyncio.Future[Any]"]:
    """The applications at work for the wanted connections."""
    found = (
        details.get(APPLICATION_KEY) for protocol, details in server.connections.items() if wanted(protocol)
    )
    return [application for application in found if application and not application.done()]


async def cancel_applications(server: "ChatServer") -> None:
    """The last means: cancel what still runs, and wait a moment for its cleanup."""
    rest = applications(server, lambda protocol: True)
    for application in rest:
        application.cancel()
    if rest:
        logger.warning("Cancelled %d unfinished connections.", len(rest))
        await asyncio.wait(rest, timeout=CANCEL_S)


async def refuse(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """The application of a server that is about to end: whoever still has a line to it shall come back."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1"), (b"connection", b"close")]
    body = (
        b'{"code":"unavailable","detail":"The server is restarting.",'
        b'"retryable":true,"retry_after":1,"field":null}'
    )
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
