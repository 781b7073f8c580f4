"""However a stream of frames is cut into reads, what is heard of it is what autobahn alone hears."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.testing import StringTransport

from chat.limits import FRAME_BYTES
from chat.serving.incoming.inbound import Inbound, unmasked, whole_text
from tests.serving.incoming.raw import BINARY, CONTINUATION, PING, PONG, close_frame, frame

# A socket that is stuck must fail a test, not hold it.
PATIENCE_S = 20
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Heard(NamedTuple):
    """What became of a stream. `figures` are autobahn's, of a socket that is open: what comes later is not counted."""

    texts: list[str]
    sent_back: bytes
    figures: dict[str, int]


class Server:
    """What a socket asks of Daphne: here everybody is accepted, and texts are read from the queue."""

    root_path = ""
    proxy_forwarded_address_header = None

    def __init__(self) -> None:
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def create_application(self, protocol: object, scope: object) -> "asyncio.Queue[dict[str, Any]]":
        return self.queue

    def protocol_connected(self, protocol: object) -> None: ...

    def protocol_disconnected(self, protocol: object) -> None: ...

    def log_action(self, protocol: object, action: str, details: object) -> None: ...


class Line(StringTransport):
    """As lenient as a real one: who has no producer may let go of it."""

    def unregisterProducer(self) -> None:  # noqa: N802 - Twisted's name
        self.producer = None


def opened(kind: type[WebSocketProtocol], listen: Callable[[Any], None] = lambda socket: None) -> Any:
    """A socket of this class after its handshake."""
    factory = WebSocketFactory(Server(), server="test")
    factory.protocol = kind
    factory.setProtocolOptions(
        openHandshakeTimeout=0,
        closeHandshakeTimeout=0,
        failByDrop=False,
        maxFramePayloadSize=FRAME_BYTES,
        maxMessagePayloadSize=FRAME_BYTES,
    )
    socket = factory.buildProtocol(None)
    socket._raw_query_string = b""
    socket.makeConnection(Line())  # type: ignore[no-untyped-call]
    listen(socket)
    socket.dataReceived(HANDSHAKE)
    socket.serverAccept()
    socket.transport.clear()
    return socket


def heard_by_autobahn(stream: bytes) -> Heard:
    socket = opened(WebSocketProtocol)
    socket.dataReceived(stream)
    return heard(socket, queued(socket))


def heard(socket: Any, texts: list[str]) -> Heard:
    return Heard(
        texts,
        socket.transport.value(),
        vars(socket.trafficStats) if socket.state == socket.STATE_OPEN else {},
    )


def queued(socket: Any) -> list[str]:
    """What waits for an application that asks for it."""
    found = []
    while not socket.application_queue.empty():
        found.append(socket.application_queue.get_nowait())
    return [message.get("text", "binary") for message in found if message["type"] == "websocket.receive"]


async def heard_by_ours(chunks: list[bytes], pauses: list[bool]) -> Heard:
    texts: list[str] = []
    loop = asyncio.get_running_loop()
    turns = iter(pauses)

    def take(text: str) -> None:
        texts.append(text)
        if next(turns, False):
            socket.pause()
            loop.call_soon(socket.resume)

    socket = opened(Inbound, lambda socket: socket.listen(take))
    for chunk in chunks:
        await until(lambda: not socket._stopped or socket.state == socket.STATE_CLOSED)
        socket.dataReceived(chunk)
    await until(lambda: not (socket._stopped or socket._again) or socket.state == socket.STATE_CLOSED)
    return heard(socket, texts + queued(socket))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


small = st.text(max_size=40)
sizes = st.sampled_from([1, 3, 124, 125, 126, 127, 300, 8_190, 8_195])
texts = st.one_of(small, sizes.map(lambda size: "ß" * (size // 2) + "x" * (size % 2)))
masks = st.binary(min_size=4, max_size=4)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """One text: whole, or in fragments with pings between them."""
    text, mask = draw(texts).encode(), draw(masks)
    cut = draw(st.none() | st.integers(0, len(text)))
    if cut is None:
        return frame(text, mask=mask)
    between = draw(st.sampled_from([b"", frame(b"between", PING, mask=mask)]))
    return frame(text[:cut], final=False, mask=mask) + between + frame(text[cut:], CONTINUATION, mask=mask)


controls = st.sampled_from([frame(b"", PING), frame(b"ping", PING), frame(b"unasked", PONG)])
wrong = st.sampled_from(
    [
        frame(b"bytes", BINARY), frame(b"\xff and more"), frame("open", mask=None), frame("r", reserved=2),
        frame("two ways", length="two"), frame("more", CONTINUATION), close_frame(), frame("x" * (FRAME_BYTES + 1)),
        frame(b"x" * 50 + b"\xe2\x82"), frame(b"", final=False) + frame("within"),
    ]
)  # fmt: skip
streams = st.builds(
    lambda parts, last, behind: b"".join([*parts, last, *behind]),
    st.lists(messages() | controls, max_size=40),
    st.just(b"") | wrong,
    st.lists(messages(), max_size=2),
)


@pytest.mark.parametrize("way", [True, False], ids=["short", "long"])
@settings(max_examples=100, deadline=None)
@given(stream=streams, seed=st.integers(), pauses=st.lists(st.booleans(), max_size=20))
def test_however_it_is_cut_the_same_is_heard_in_the_same_order(
    way: bool, stream: bytes, seed: int, pauses: list[bool]
) -> None:
    dice = random.Random(seed)
    cuts = sorted(dice.sample(range(len(stream) + 1), min(len(stream), dice.choice([0, 1, 5, 40]))))
    chunks = [stream[at:to] for at, to in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    with override_settings(CHAT_SHORT_INBOUND=way, CHAT_RATE_LIMITS=False):
        ours = asyncio.run(
            asyncio.wait_for(heard_by_ours([chunk for chunk in chunks if chunk], pauses), PATIENCE_S)
        )
    assert ours == heard_by_autobahn(stream)


@given(payload=st.binary(max_size=300), mask=masks)
def test_unmasking_undoes_masking(payload: bytes, mask: bytes) -> None:
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    assert unmasked(masked, mask) == payload


@given(payload=st.binary(min_size=1, max_size=9_000), behind=st.binary(max_size=20))
def test_a_whole_text_is_found_in_front_of_whatever_follows(payload: bytes, behind: bytes) -> None:
    data = frame(payload, mask=b"\0" * 4) + behind
    start, end = whole_text(data)
    assert (start, end) == (0, 0) or data[start:end] == payload
    assert (end > 0) == (len(payload) <= 8_192 and len(data) >= 8)
    assert whole_text(data[: end - 1]) == (0, 0)
