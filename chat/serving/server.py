"""Our Daphne: listens, starts and ends what belongs to it, and drains on SIGTERM and SIGINT."""

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import Any, Protocol

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server, twisted_loop
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, LogLevel, globalLogPublisher
from twisted.python.failure import Failure

from chat.limits import FRAME_BYTES
from chat.serving import seams
from chat.serving.connections import Connections, CountedTransport
from chat.serving.drain import cancel_applications, drain, exit_in_time
from chat.serving.http import handshake
from chat.serving.http.channel import ChatChannel
from chat.serving.http.deadlines import Deadlines
from chat.serving.http.request import ChatRequest
from chat.serving.incoming.mailbox import Mailbox
from chat.serving.outlet import Outlet
from chat.serving.proxies import Network, Outermost, TrustedProxies
from chat.serving.quiet import be_quiet
from chat.serving.socket import CLOSE_EXTENSION, ChatSocket
from chat.serving.wire import CLOSE_HANDSHAKE_TIMEOUT_S, WIRE_EXTENSION, Wire

logger = logging.getLogger(__name__)

# A socket lives as long as it is used; our sessions and tokens end it, not its age.
NO_LIMIT = -1
# After a restart everybody connects at once. Whom the kernel cannot queue it lets try again after 1, 3, 7, … seconds,
# and Twisted asks for a queue of 50. The kernel takes fewer where it is told to (net.core.somaxconn, 4,096 as a rule).
LISTEN_QUEUE = 4_096

# What we speak of the ASGI specification, as Daphne says it.
ASGI = {"version": "3.0"}
DEADLINES = Deadlines()
OPTIONS: dict[str, Any] = {
    "signal_handlers": False,
    "websocket_timeout": NO_LIMIT,
    "websocket_max_message_size": FRAME_BYTES,
    "websocket_max_frame_size": FRAME_BYTES,
    "server_name": "chat",
}


class Lifespan(Protocol):
    """Three moments of a server's life; the last two are bounded in time, and may fail without harm."""

    async def start(self) -> None:
        """Before the address is announced."""

    async def drain(self) -> None:
        """Nothing new is accepted any more: say goodbye, answer what is in flight, close the sockets."""

    async def stop(self) -> None:
        """Every socket and request is done: what was acknowledged is on disk when this returns."""


class ChatServer(Server):  # type: ignore[misc]
    """One listening server. run() returns when it has drained; `failure` says why it never listened."""

    def __init__(
        self,
        application: Callable[..., Any],
        *,
        host: str,
        port: int,
        lifespan: Lifespan,
        announce: Callable[[str], None],
        trusted_proxies: Sequence[Network] = (),
        deadlines: Deadlines = DEADLINES,
    ) -> None:
        """Listen on host and port (0: any free one); `announce` gets the URL once it answers there."""
        proxies = TrustedProxies(trusted_proxies)
        self.connections_open = Connections(proxies.trusts)
        self.deadlines = deadlines
        super().__init__(
            Outermost(application, proxies, self.connections_open),
            endpoints=_endpoints(host, port),
            ready_callable=self._prepare,
            websocket_handshake_timeout=deadlines.handshake,
            **OPTIONS,
        )
        self.lifespan = lifespan
        self._outlet = Outlet(twisted_loop)
        self.ports: list[Any] = []
        self.failure: str | None = None
        self._announce = announce
        self._ending = asyncio.Event()
        self._signalled = False
        self._life: asyncio.Task[None] | None = None

    def listen_success(self, port: Any) -> None:
        """Keep the port, to close it first in the drain; what it accepts is counted."""
        self.ports.append(port)
        port.transport = CountedTransport
        super().listen_success(port)

    def listen_error(self, failure: Failure) -> None:
        """Keep the sentence for whoever started us instead of logging a traceback."""
        self.failure = failure.getErrorMessage()
        self.stop()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application as Daphne does, with a mailbox of our own.

        A socket's gets its wire, and word that close codes and reasons arrive as they are.
        """
        if isinstance(protocol, ChatSocket):
            protocol.wire = Wire(protocol, self._outlet)
            scope["extensions"] = {CLOSE_EXTENSION: {}, WIRE_EXTENSION: protocol.wire}
        if protocol not in self.connections:
            return None
        scope["asgi"] = ASGI
        mailbox = Mailbox()
        application = self.application(scope, mailbox.get, partial(self.handle_reply, protocol))
        self.connections[protocol][seams.APPLICATION_KEY] = asyncio.ensure_future(application)
        return mailbox

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Hand on what an application sends; more of an answer waits until the client has read what there is."""
        if message["type"] == "http.response.body" and isinstance(protocol, ChatRequest):
            await protocol.writable()
        await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> "Deferred[None]":
        """Twisted's last call before it closes every line."""
        return Deferred.fromFuture(asyncio.ensure_future(cancel_applications(self)))

    def end(self) -> None:
        """Begin the drain. A second call, as from a second signal, changes nothing."""
        if not self._signalled:
            self._signalled = True
            exit_in_time()
            twisted_loop.call_soon_threadsafe(self._ending.set)

    def _prepare(self) -> None:
        """Daphne's last step before the loop runs: the port is bound, its factories exist."""
        self.http_factory.protocol = lambda: ChatChannel(self)
        if missing := seams.missing():
            logger.warning("Serving without close frames of our own; moved: %s", ", ".join(missing))
        else:
            self.ws_factory.setProtocolOptions(
                failByDrop=False, closeHandshakeTimeout=CLOSE_HANDSHAKE_TIMEOUT_S
            )
            self.ws_factory.protocol = handshake.with_options(ChatSocket, self.ws_factory)
            be_quiet()
        globalLogPublisher.addObserver(_log_failure)  # type: ignore[arg-type]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        self._life = twisted_loop.create_task(self._live())

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.end()

    async def _live(self) -> None:
        try:
            await self.lifespan.start()
            self._announce(self._url())
            await self._ending.wait()
            await drain(self)
        except Exception as error:
            logger.exception("The server failed.")
            self.failure = str(error)
        finally:
            self.stop()

    def _url(self) -> str:
        host, port = self.listening_addresses[0]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _log_failure(event: LogEvent) -> None:
    """Daphne silences Twisted's log; what fails inside a protocol must be seen all the same."""
    if event.get("log_level") is LogLevel.critical:
        failure = event.get("log_failure")
        logger.error("Failure in a connection.", exc_info=failure.value if failure else None)


def _endpoints(host: str, port: int) -> list[str]:
    """As Twisted reads them."""
    return [
        f"{one}:backlog={LISTEN_QUEUE}" for one in build_endpoint_description_strings(host=host, port=port)
    ]
