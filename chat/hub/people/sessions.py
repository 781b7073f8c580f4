"""Connections whose session or token is over are closed; those of a renewed session are sent to fetch its cookie."""

import logging
from typing import TYPE_CHECKING

from chat.errors import ChatError
from chat.hub.hints import SessionsChanged
from chat.hub.readers import Readers
from chat.protocol.closes import Close
from chat.protocol.codec import encode
from chat.protocol.events import Goodbye

if TYPE_CHECKING:
    from chat.hub.hub import Connection

logger = logging.getLogger(__name__)

# The answer that brings the new cookie is on its way when the sockets of a renewed session are closed.
RENEWED_SECONDS = 1.0


async def check(
    readers: Readers, connections: set["Connection"], changed: SessionsChanged | None = None
) -> None:
    """Close with 4401 those whose session or token is over; those of a renewed session come back."""
    for connection in connections:
        key = connection.credential.session_key
        if changed and key is not None and key == changed.renewed:
            _send_back(connection)
        elif changed and key is not None and key == changed.ended:
            _end(connection)
    credentials = {connection.credential for connection in connections}
    try:
        alive = await readers.alive(credentials) if credentials else set()
    except ChatError as error:
        logger.warning("Sessions are checked later: %s", error.detail)
        return
    for connection in connections:
        if connection.credential not in alive:
            _end(connection)


def _end(connection: "Connection") -> None:
    connection.close(Close.SESSION_ENDED, "Your session has ended; sign in again.")


def _send_back(connection: "Connection") -> None:
    """Have a browser connect anew with the cookie that it is about to get."""
    if not connection.plain:
        connection.deliver(encode(Goodbye(reason="session renewed", reconnect_after=RENEWED_SECONDS)))
    connection.close(Close.RESTARTING, "Your session was renewed; come back.")
