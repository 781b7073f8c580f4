"""Close frames as a real client sees them, from our server with a plain application."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from chat.limits import FRAME_BYTES
from tests.programs import Program


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Program("-m", "tests.serving.plain", "0") as server:
        yield server.url().replace("http", "ws")
        assert server.end() == 0


@pytest.fixture
async def client(url: str) -> AsyncIterator[ClientConnection]:
    async with websockets.connect(url, max_size=None) as connection:
        yield connection


async def close_of(client: ClientConnection) -> tuple[int, str]:
    await asyncio.wait_for(client.wait_closed(), 20)
    assert client.close_code is not None
    return client.close_code, client.close_reason or ""


@pytest.mark.parametrize("code", [1000, 1003, 1007, 1009, 1011, 1012, 1013, 4400, 4401, 4429])
async def test_every_close_code_of_the_application_arrives_with_its_reason(
    client: ClientConnection, code: int
) -> None:
    await client.send(f"close {code} because it’s so")
    assert await close_of(client) == (code, "because it’s so")


async def test_a_reason_too_long_for_a_frame_is_cut_between_characters(client: ClientConnection) -> None:
    await client.send("close 4400 " + "é" * 200)
    assert await close_of(client) == (4400, "é" * 61)


async def test_a_binary_frame_reaches_the_application_which_may_close_with_1003(
    client: ClientConnection,
) -> None:
    await client.send(b"bytes")
    assert await close_of(client) == (1003, "text frames only")


async def test_a_frame_of_the_largest_size_passes(client: ClientConnection) -> None:
    await client.send("x" * FRAME_BYTES)
    assert await client.recv() == "x" * FRAME_BYTES


@pytest.mark.parametrize("size", [FRAME_BYTES, 40 * FRAME_BYTES])
async def test_what_the_server_sends_has_no_such_limit(client: ClientConnection, size: int) -> None:
    await client.send(f"large {size}")
    assert await client.recv() == "é" * size


@pytest.mark.parametrize("size", [FRAME_BYTES + 1, 50 * FRAME_BYTES])
async def test_a_larger_frame_closes_with_1009(client: ClientConnection, size: int) -> None:
    await client.send("x" * size)
    assert (await close_of(client))[0] == 1009


async def test_fragments_that_add_up_to_too_much_close_with_1009(client: ClientConnection) -> None:
    await client.send(["x" * FRAME_BYTES, "y"])
    assert (await close_of(client))[0] == 1009


@pytest.mark.parametrize(
    "payload",
    [b"\xff", b"fine, then \xc3\x28 not", b"cut in the middle \xe2\x82", b"\xed\xa0\x80 a surrogate"],
)
async def test_bad_utf8_closes_with_1007(client: ClientConnection, payload: bytes) -> None:
    client.transport.write(text_frame(payload))
    assert (await close_of(client))[0] == 1007


async def test_bad_utf8_in_a_later_fragment_closes_with_1007(client: ClientConnection) -> None:
    client.transport.write(text_frame(b"good", final=False) + text_frame(b"\xff" * 5, first=False))
    assert (await close_of(client))[0] == 1007


async def test_good_utf8_split_between_fragments_arrives_whole(client: ClientConnection) -> None:
    euro = "€".encode()
    client.transport.write(text_frame(euro[:1], final=False) + text_frame(euro[1:], first=False))
    assert await client.recv() == "€"


async def test_a_failing_application_closes_with_1011(client: ClientConnection) -> None:
    await client.send("fail")
    assert await close_of(client) == (1011, "server error")


async def test_a_bad_frame_does_not_disturb_a_neighbour(url: str, client: ClientConnection) -> None:
    async with websockets.connect(url) as neighbour:
        client.transport.write(text_frame(b"\xff"))
        await neighbour.send("still here")
        assert await neighbour.recv() == "still here"


def text_frame(payload: bytes, *, first: bool = True, final: bool = True) -> bytes:
    """One masked text frame, or its continuation; a mask of zeros leaves the bytes as they are."""
    assert len(payload) < 126
    return (
        struct.pack("!BB", (0x80 if final else 0) | (1 if first else 0), 0x80 | len(payload))
        + b"\0" * 4
        + payload
    )
