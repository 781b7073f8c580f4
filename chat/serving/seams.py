"""Every attribute of Daphne, autobahn and Twisted that this package relies on beyond what they document.

The packages are pinned exactly and a test checks each name, so an upgrade that moves one fails by its name. A
server that finds one missing at start says so and serves without our socket class, with plain close codes.
"""

from autobahn.websocket.protocol import WebSocketProtocol
from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory
from daphne.ws_protocol import WebSocketProtocol as DaphneSocket
from twisted.internet.tcp import Connection as Transport
from twisted.internet.tcp import Port
from twisted.protocols.basic import LineReceiver
from twisted.web.http import HTTPChannel, Request

# Methods that we override or call on a socket.
SOCKET = (
    (DaphneSocket, "handle_reply"),
    (DaphneSocket, "handle_exception"),
    (DaphneSocket, "onOpen"),
    (DaphneSocket, "onMessage"),
    (DaphneSocket, "serverSend"),
    (WebSocketProtocol, "sendPong"),
    (DaphneSocket, "check_timeouts"),
    (DaphneSocket, "connectionMade"),
    (DaphneSocket, "dataReceived"),
    (WebSocketProtocol, "consumeData"),
    (WebSocketProtocol, "processData"),
    (WebSocketProtocol, "_dataReceived"),
    (WebSocketProtocol, "onFrameEnd"),
    (WebSocketProtocol, "onMessageFrame"),
    (WebSocketProtocol, "dropConnection"),
    (WebSocketProtocol, "_cancelAutoPingTimeoutCall"),
    (WebSocketProtocol, "sendCloseFrame"),
    (WebSocketProtocol, "_fail_connection"),
    (WebSocketProtocol, "STATE_CONNECTING"),
    (WebSocketProtocol, "STATE_OPEN"),
    (WebSocketProtocol, "STATE_CLOSED"),
    (WebSocketFactory, "protocol"),
    (WebSocketFactory, "setProtocolOptions"),
    # What waits in a transport, and whether bytes leave it as they are.
    (Transport, "dataBuffer"),
    (Transport, "offset"),
    (Transport, "pauseProducing"),
    (Transport, "resumeProducing"),
    (Transport, "getHandle"),
    (Transport, "TLS"),
)
# What the server itself cannot do without.
SERVER = (
    (Server, "create_application"),
    (Server, "kill_all_applications"),
    (Server, "listen_success"),
    (Server, "listen_error"),
    (Server, "handle_reply"),
    (WebRequest, "process"),
    (Request, "gotLength"),
    (Request, "handleContentChunk"),
    (Port, "transport"),
    (Transport, "connectionLost"),
    (Transport, "offset"),
)
# One line of an HTTP client, from its first byte to its end.
CHANNEL = (
    (HTTPChannel, "connectionMade"),
    (HTTPChannel, "dataReceived"),
    (HTTPChannel, "lineReceived"),
    (HTTPChannel, "rawDataReceived"),
    (HTTPChannel, "headerReceived"),
    (HTTPChannel, "allHeadersReceived"),
    (HTTPChannel, "allContentReceived"),
    (HTTPChannel, "requestDone"),
    (HTTPChannel, "lineLengthExceeded"),
    (HTTPChannel, "pauseProducing"),
    (HTTPChannel, "resumeProducing"),
    (HTTPChannel, "loseConnection"),
    (HTTPChannel, "connectionLost"),
    (HTTPChannel, "_respondToBadRequestAndDisconnect"),
    (HTTPChannel, "_receivedHeaderSize"),
    (HTTPChannel, "_receivedHeaderCount"),
    (HTTPChannel, "totalHeadersSize"),
    (HTTPChannel, "maxHeaders"),
    (HTTPChannel, "_waitingForTransport"),
    (HTTPChannel, "persistent"),
    (HTTPChannel, "length"),
    (HTTPChannel, "timeOut"),
    (LineReceiver, "_buffer"),
)
# Set on a running server: the factories made in run(), and the table of connections with its one key.
INSTANCE_ATTRIBUTES = ("http_factory", "ws_factory", "connections", "application")
APPLICATION_KEY = "application_instance"
# Set by autobahn on each socket.
SOCKET_ATTRIBUTES = (
    *("state", "failedByMe", "data", "current_frame", "inside_message"),
    *("trafficStats", "autoPingTimeoutCall", "send_queue", "closedByMe", "localCloseCode"),
)
# Counted by autobahn for each frame that it parses.
STATISTICS = (
    *("incomingOctetsWebSocketLevel", "incomingOctetsAppLevel"),
    *("incomingWebSocketFrames", "incomingWebSocketMessages"),
)
# Set by Daphne on each socket; the queue only once its application is made.
DAPHNE_ATTRIBUTES = ("last_ping", "application_queue")
# Options of the factory that autobahn copies to each socket, and that a socket may change for itself.
SOCKET_OPTIONS = ("closeHandshakeTimeout",)
# Names in the module autobahn.websocket.protocol that only its debug lines use.
FORMATTERS = ("pformat", "hltype", "hlval")
# The name in the module twisted.internet.asyncioreactor by which it reads and writes, with a context for log lines.
READ_WITH_LOGGER = "callWithLogger"
# Set by autobahn on each socket while it reads the handshake, and not looked at afterwards.
HANDSHAKE_ATTRIBUTES = ("http_request_data", "http_status_line")
# Set by Twisted on each transport.
TRANSPORT_ATTRIBUTES = ("socket", "_tempDataBuffer", "_tempDataLen")
# Set by Twisted on each HTTP channel, the second with the request line.
CHANNEL_ATTRIBUTES = ("requests", "_path")


def missing() -> list[str]:
    """The names of the socket's seams that are gone, empty when all is well."""
    return [f"{owner.__name__}.{name}" for owner, name in SOCKET if not hasattr(owner, name)]
