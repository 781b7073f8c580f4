"""What a socket costs to open and to hold: options shared, the handshake let go.

autobahn copies all of its factory's options to each connection.
"""

from typing import Any

from chat.serving.seams import HANDSHAKE_ATTRIBUTES


def with_options(socket: type[Any], factory: Any) -> type[Any]:
    """The socket class with the factory's options as its own, which no connection then copies."""
    options = {name: getattr(factory, name) for name in socket.CONFIG_ATTRS}
    # Those that are functions know no socket: in a class they would become its methods.
    plain = {name: staticmethod(value) if callable(value) else value for name, value in options.items()}
    return type(socket.__name__, (socket,), plain)


def let_go(socket: Any) -> None:
    """The request is answered, and the application has what it needs of it."""
    socket.http_headers.clear()
    for name in HANDSHAKE_ATTRIBUTES:
        delattr(socket, name)
    # Only writes in pieces, which nobody asks for, ever queue here.
    socket.send_queue = ()
