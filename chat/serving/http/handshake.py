"""What a socket costs to open and to hold: no lines that nobody reads, options shared, the handshake let go.

autobahn formats a debug line of all its options, in colours, for each connection, and copies the options to it.
"""

from typing import Any

from autobahn.websocket import protocol

from chat.serving.seams import FORMATTERS, HANDSHAKE_ATTRIBUTES


def be_quiet() -> None:
    """Have autobahn format nothing for its debug lines: a quarter of what opening a socket cost."""
    for name in FORMATTERS:
        setattr(protocol, name, _nothing)


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


def _nothing(*_: Any, **__: Any) -> str:
    return ""
