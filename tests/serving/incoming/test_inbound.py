"""Frames as they come in, as a client that writes bytes sees them: the short way and autobahn's end alike."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.programs import Program
from tests.serving.incoming.raw import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    close_frame,
    code_of,
    frame,
)

LONGEST = 65_536
# Less than the application at /deaf waits.
A_WHILE_S = 2
# More than the system and a queue of 64 texts hold between two ends of a line; a server that reads on takes it all.
BUFFERS_BYTES = 30_000_000


@pytest.fixture(scope="module", params=["short", "long"])
def server(request: pytest.FixtureRequest) -> Iterator[Program]:
    with Program("-m", "tests.serving.plain", "0", request.param) as program:
        yield program
        assert program.end() == 0


@pytest.fixture
def url(server: Program) -> str:
    return server.url()


@pytest.fixture(params=["/listen", "/"])
async def socket(request: pytest.FixtureRequest, url: str) -> AsyncIterator[RawSocket]:
    """A socket whose texts are said again: by an application that listens to its wire, and by one that does not."""
    async with await RawSocket.connect(url, request.param) as connected:
        yield connected


@pytest.fixture
async def listened(url: str) -> AsyncIterator[RawSocket]:
    async with await RawSocket.connect(url, "/listen") as connected:
        yield connected


async def last_words(socket: RawSocket) -> int:
    """The code of the close frame, behind the answer to "before" and nothing else.

    Who asks for texts one by one may not have come to it; one that was handed over was answered before the close.
    """
    *before, close = await socket.until_end()
    assert before == texts("before") or (before == [] and socket.path == "/")
    return code_of(close)


def texts(*wanted: str) -> list[tuple[int, bytes]]:
    return [(TEXT, text.encode()) for text in wanted]


async def test_frames_cut_at_any_byte_arrive_whole_and_in_order(socket: RawSocket) -> None:
    stream = frame("first") + frame("zweiter €") + frame("\U0001f600")
    for cut in range(1, len(stream)):
        await socket.send(stream[:cut], stream[cut:])
        await socket.send(frame(f"end {cut}"))
        assert await socket.until_text(f"end {cut}") == texts("first", "zweiter €", "\U0001f600")


async def test_one_byte_at_a_time_is_as_good(socket: RawSocket) -> None:
    stream = frame("slowly") + frame(b"p", PING) + frame("x" * 130) + frame("end")
    await socket.send(*(stream[at : at + 1] for at in range(len(stream))))
    assert sorted(await socket.until_text("end")) == sorted([*texts("slowly", "x" * 130), (PONG, b"p")])


async def test_many_frames_in_one_segment_keep_their_order(socket: RawSocket) -> None:
    many = [f"message {number}" for number in range(300)]
    await socket.send(b"".join(map(frame, many)) + frame("end"))
    assert await socket.until_text("end") == texts(*many)


async def test_a_whole_frame_behind_a_partial_one_waits_for_it(socket: RawSocket) -> None:
    first, second, third = frame("one"), frame("two" * 50), frame("three")
    await socket.send(first + second[:70], second[70:] + third, frame("end"))
    assert await socket.until_text("end") == texts("one", "two" * 50, "three")


@pytest.mark.parametrize("size", [1, 2, 125, 126, 127, 8_192, 8_193, 65_535, LONGEST])
async def test_a_text_of_any_size_arrives_as_it_is(socket: RawSocket, size: int) -> None:
    text = ("é" + "x" * size)[: size - 1] if size > 2 else "x" * size
    await socket.send(frame(text, mask=b"\xff\x00\x80\x01"), frame("end"))
    assert await socket.until_text("end") == texts(text)


async def test_fragments_are_joined_and_control_frames_between_them_are_answered(socket: RawSocket) -> None:
    euro = "€".encode()
    await socket.send(
        frame("before")
        + frame(b"a" + euro[:1], final=False)
        + frame(b"one", PING)
        + frame(euro[1:], CONTINUATION, final=False)
        + frame(b"", CONTINUATION, final=False)
        + frame(b"two", PING)
        + frame(b"b", CONTINUATION)
        + frame("after")
        + frame("end")
    )
    found = await socket.until_text("end")
    assert [each for each in found if each[0] == TEXT] == texts("before", "a€b", "after")
    assert [each for each in found if each[0] == PONG] == [(PONG, b"one"), (PONG, b"two")]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(frame("text", mask=None), id="not masked"),
        pytest.param(frame("text", reserved=4), id="reserved bit"),
        pytest.param(frame("text", 3), id="reserved opcode"),
        pytest.param(frame("text", length="two"), id="a short length in two bytes"),
        pytest.param(frame("x" * 300, length="eight"), id="a length in eight bytes that fits in two"),
        pytest.param(frame("more", CONTINUATION), id="a continuation of nothing"),
        pytest.param(frame("text", final=False) + frame("other"), id="a text within a text"),
        pytest.param(frame("x" * 126, PING), id="a long ping"),
        pytest.param(frame("p", PING, final=False), id="a fragment of a ping"),
    ],
)
async def test_a_breach_of_the_protocol_closes_with_1002_and_nothing_behind_it_is_heard(
    socket: RawSocket, wrong: bytes
) -> None:
    await socket.send(frame("before") + wrong + frame("behind"))
    assert await last_words(socket) == 1002


@pytest.mark.parametrize(
    "payload",
    [
        b"bad: \xff",
        b"cut: \xe2\x82",
        b"overlong: \xc0\x80",
        b"a surrogate: \xed\xa0\x80",
        b"large: \xf4\x90\x80\x80",
    ],
)
async def test_bad_utf8_closes_with_1007_and_nothing_behind_it_is_heard(
    socket: RawSocket, payload: bytes
) -> None:
    await socket.send(frame("before") + frame(payload) + frame("behind"))
    assert await last_words(socket) == 1007


@pytest.mark.parametrize("size", [LONGEST + 1, 1 << 20])
async def test_a_larger_text_closes_with_1009(socket: RawSocket, size: int) -> None:
    await socket.send(frame("before") + frame("x" * size) + frame("behind"))
    assert await last_words(socket) == 1009


async def test_a_length_that_nobody_can_send_closes_with_1009(socket: RawSocket) -> None:
    await socket.send(b"\x81\xff" + struct.pack("!Q", 1 << 40) + b"mask")
    assert code_of((await socket.until_end())[-1]) == 1009


async def test_a_binary_frame_reaches_the_application(socket: RawSocket) -> None:
    await socket.send(frame("before") + frame(b"bytes", BINARY))
    assert await last_words(socket) == 1003


async def test_after_the_close_frame_of_the_client_nothing_is_heard(socket: RawSocket) -> None:
    await socket.send(frame("before") + close_frame() + frame("behind"))
    assert await last_words(socket) == 1000


async def test_a_text_that_the_application_fails_on_closes_with_1011(socket: RawSocket) -> None:
    await socket.send(frame("fail") + frame("behind"))
    assert code_of((await socket.until_end())[-1]) == 1011


async def test_pausing_loses_and_turns_round_nothing(listened: RawSocket) -> None:
    said = ["one", "pause", "two", "pause", "three" * 2_000, "four"]
    await listened.send(b"".join(map(frame, said)) + frame("five", final=False))
    await listened.send(frame("", CONTINUATION) + frame(b"p", PING) + frame("end"))
    found = await listened.until_text("end")
    heard = ["one", "pause", "resumed", "two", "pause", "resumed", "three" * 2_000, "four", "five"]
    assert [each for each in found if each[0] == TEXT] == texts(*heard)
    assert (PONG, b"p") in found


async def test_who_is_paused_can_still_be_closed_and_says_goodbye(server: Program) -> None:
    async with await RawSocket.connect(server.url(), "/listen/leave") as socket:
        await socket.send(frame("leave") + frame("unheard") * 100)
        *before, close = await socket.until_end()
    assert (before, code_of(close)) == (texts("leave"), 4403)
    # Its answer was behind what nobody heard; without it this is a line that was cut, 1006.
    await asyncio.to_thread(server.wait_for, "disconnect /listen/leave 4403")


async def test_an_application_that_takes_nothing_is_not_read_for(url: str) -> None:
    async with await RawSocket.connect(url, "/deaf") as socket:
        chunk, taken = frame("x" * 60_000), 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(A_WHILE_S):
                while taken <= BUFFERS_BYTES:
                    await socket.send(chunk)
                    taken += len(chunk)
        assert taken <= BUFFERS_BYTES


async def test_a_peer_that_is_gone_is_noticed_though_nothing_is_read(server: Program) -> None:
    async with await RawSocket.connect(server.url(), "/listen/gone") as socket:
        await socket.send(frame("stop") + frame("unheard"))
        await socket.until_text("stop")
    await asyncio.to_thread(server.wait_for, "disconnect /listen/gone 1006")
