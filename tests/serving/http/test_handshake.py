"""What a connection keeps of its handshake, and what it shares with the others."""

from typing import Any

from chat.serving import seams
from chat.serving.http import handshake


class Factory:
    maxFramePayloadSize = 7
    failByDrop = False

    def __init__(self) -> None:
        self.perMessageCompressionAccept = lambda offers: offers


class Socket:
    CONFIG_ATTRS = ("maxFramePayloadSize", "failByDrop", "perMessageCompressionAccept")


def test_options_are_of_the_class_and_one_socket_may_still_have_its_own() -> None:
    shared: Any = handshake.with_options(Socket, Factory())
    one, other = shared(), shared()
    one.failByDrop = True
    assert (one.maxFramePayloadSize, one.failByDrop, other.failByDrop) == (7, True, False)
    assert other.__dict__ == {}
    assert other.perMessageCompressionAccept("offers") == "offers"
    assert not hasattr(Socket, "failByDrop")


def test_the_request_is_let_go() -> None:
    socket: Any = Socket()
    socket.http_headers = headers = {"cookie": "sessionid=secret"}
    for name in seams.HANDSHAKE_ATTRIBUTES:
        setattr(socket, name, "GET / HTTP/1.1")
    handshake.let_go(socket)
    assert headers == {}
    assert socket.__dict__ == {"http_headers": {}, "send_queue": ()}
