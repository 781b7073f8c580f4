"""The drain as clients and a supervisor see it, from our server with a plain application.

Times are generous limits, not measurements: ten seconds is the promise.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from chat.serving import drain
from tests.programs import Program

PROMISE_S = 10.0
SIGNALS = [signal.SIGTERM, signal.SIGINT]


def serve(*hanging: str) -> Program:
    return Program("-m", "tests.serving.plain", "0", *hanging)


@pytest.fixture
def server() -> Iterator[Program]:
    with serve() as program:
        yield program


async def end(server: Program, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
    """The exit code, and the seconds it took."""
    start = time.monotonic()
    code = await asyncio.to_thread(server.end, number)
    return code, time.monotonic() - start


def socket_url(url: str) -> str:
    return url.replace("http", "ws")


async def last_words(client: ClientConnection) -> tuple[list[Any], int | None, str | None]:
    messages: list[Any] = []
    with contextlib.suppress(websockets.ConnectionClosedError):
        async for message in client:
            messages.append(message)
    return messages, client.close_code, client.close_reason


@pytest.mark.parametrize("number", SIGNALS)
async def test_every_socket_gets_goodbye_and_1012_and_its_consumer_cleans_up(
    server: Program, number: signal.Signals
) -> None:
    url = socket_url(server.url())
    clients = [await websockets.connect(url) for _ in range(20)]
    words = [asyncio.create_task(last_words(client)) for client in clients]
    code, seconds = await end(server, number)
    assert code == 0
    assert seconds < PROMISE_S
    assert await asyncio.gather(*words) == [(["goodbye"], 1012, "restart")] * 20
    assert server.lines.count("cleaned up") == 20
    assert server.lines.index("stopping") > max(
        index for index, line in enumerate(server.lines) if line == "cleaned up"
    )


async def test_a_request_in_flight_is_answered_and_a_new_connection_is_not_accepted(server: Program) -> None:
    async with httpx.AsyncClient(base_url=server.url(), timeout=30) as client:
        answer = asyncio.create_task(client.post("/slow", content=b"body"))
        await asyncio.to_thread(server.wait_for, "request /slow")
        server.send_signal(signal.SIGTERM)
        await refused(str(client.base_url))
        assert (await answer).text == "got body"
    assert await asyncio.to_thread(server.wait) == 0


async def refused(url: str) -> None:
    """Return when nobody listens there any more; each try opens a connection of its own."""
    async with asyncio.timeout(PROMISE_S):
        while True:
            try:
                async with httpx.AsyncClient() as client:
                    await client.get(url)
            except httpx.TransportError:
                return


async def test_a_request_on_a_kept_connection_is_told_to_come_back(server: Program) -> None:
    async with httpx.AsyncClient(base_url=server.url(), timeout=30) as kept:
        await kept.get("/")
        async with httpx.AsyncClient(base_url=server.url(), timeout=30) as other:
            slow = asyncio.create_task(other.get("/slow"))
            await asyncio.to_thread(server.wait_for, "request /slow")
            server.send_signal(signal.SIGTERM)
            await refused(str(other.base_url))
            answer = await kept.get("/")
            assert answer.status_code == 503
            assert answer.json()["code"] == "unavailable"
            assert answer.json()["retryable"] is True
            assert (await slow).status_code == 200
    assert await asyncio.to_thread(server.wait) == 0


async def test_a_second_signal_during_the_drain_changes_nothing(server: Program) -> None:
    async with httpx.AsyncClient(base_url=server.url(), timeout=30) as client:
        answer = asyncio.create_task(client.get("/slow"))
        await asyncio.to_thread(server.wait_for, "request /slow")
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
            server.send_signal(number)
            await asyncio.sleep(0.1)
        assert (await answer).status_code == 200
    assert await asyncio.to_thread(server.wait) == 0
    assert "Traceback" not in server.output


async def test_a_post_that_is_half_sent_does_not_break_the_drain(server: Program) -> None:
    url = server.url()
    host, port = url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nonly this")
    await writer.drain()
    async with websockets.connect(socket_url(url)) as client:
        words = asyncio.create_task(last_words(client))
        code, seconds = await end(server)
        assert (code, (await words)[1]) == (0, 1012)
        assert seconds < PROMISE_S / 2
    assert "Traceback" not in server.output
    writer.close()


def test_the_steps_of_the_drain_fit_into_its_time() -> None:
    steps = drain.IN_FLIGHT_S + drain.CLOSING_S + drain.STOP_S + drain.CANCEL_S + drain.LAST_BYTES_S
    assert steps < drain.EXIT_WITHIN_S < PROMISE_S


@pytest.mark.parametrize(
    "hanging",
    [["drain", "hurry"], ["stop", "hurry"], ["thread", "hurry"], ["loop"]],
    ids=lambda words: words[0],
)
async def test_whatever_hangs_it_ends_in_time_with_code_0(hanging: list[str]) -> None:
    with serve(*hanging) as server:
        async with websockets.connect(socket_url(server.url())) as client:
            words = asyncio.create_task(last_words(client))
            code, seconds = await end(server)
            assert code == 0
            assert seconds < PROMISE_S + 1
            if "loop" not in hanging:
                assert (await words)[1] == 1012
            else:
                await words


async def test_a_request_that_will_not_end_is_left_behind() -> None:
    with serve("hurry") as server:
        await leave_a_stubborn_request(server)


async def leave_a_stubborn_request(server: Program) -> None:
    async with httpx.AsyncClient(base_url=server.url(), timeout=30) as client:
        stuck = asyncio.create_task(client.get("/stubborn"))
        await asyncio.to_thread(server.wait_for, "request /stubborn")
        code, seconds = await end(server)
        assert code == 0
        assert seconds < PROMISE_S + 1
        with pytest.raises(httpx.TransportError):
            await stuck


async def test_a_client_that_never_answers_the_close_frame_does_not_hold_it_up(server: Program) -> None:
    url = server.url()
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b"101" in await reader.readline()
    code, seconds = await end(server)
    assert code == 0
    assert seconds < PROMISE_S
    assert server.lines.count("cleaned up") == 1
    writer.close()


def test_a_taken_port_is_one_sentence_and_exit_code_1(server: Program) -> None:
    port = server.url().rsplit(":", 1)[1]
    with Program("-m", "tests.serving.plain", port) as second:
        assert second.wait() == 1
        assert "Traceback" not in second.output
        assert len(second.lines) == 1
