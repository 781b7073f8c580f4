"""What a client gets that sends as fast as the line takes it: its own time, and nobody else's, nor our memory.

Loads are on loopback and bounded: 100 MB or a second, whichever is over first.
"""

import asyncio
import contextlib
import json
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import Program
from tests.services import environment
from tests.serving.incoming.raw import CLOSE, CONTINUATION, PING, RawSocket, code_of, frame, rss_bytes
from tests.wire import Wire

FLOOD_BYTES = 100_000_000
FLOOD_S = 1.0
MOMENT_S = 0.3
CHUNK_BYTES = 100_000
MEMORY_BYTES = 100_000_000
# What a send of somebody else may take at most; the median counts, for tests share their cores.
SEND_S = 0.5
SENDS = 6


def command(**fields: object) -> bytes:
    return frame(json.dumps(fields))


FLOODS = {
    "sends": command(type="send", id="1", text="x" * 200),
    "large sends": command(type="send", id="1", text="x" * 60_000),
    "subscriptions": command(type="subscribe", id="1", room="lobby"),
    "pings": frame(b"p" * 100, PING),
    "empty fragments": frame(b"", CONTINUATION, final=False),
}


@pytest.fixture(scope="module", params=["on", "off"], ids=lambda rates: f"rates {rates}")
def server(
    request: pytest.FixtureRequest, _migrated: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("floods")
    shutil.copy(Path(_migrated["CHAT_DATA_DIR"]) / "chat.sqlite3", folder)
    settings = {
        "CHAT_DATA_DIR": str(folder),
        "REDIS_URL": environment.redis.url,
        "CHAT_RATE_LIMITS": request.param,
    }
    with Program.manage("serve", "--port", "0", "--no-jobs", **settings) as program:
        yield program
        assert program.end() == 0
        assert "Traceback" not in program.output, program.output


async def flood(socket: RawSocket, bytes_again: bytes) -> int:
    """Send these bytes again and again; how many the other side took."""
    chunk = bytes_again * (CHUNK_BYTES // len(bytes_again) + 1)
    sent, deadline = 0, time.monotonic() + FLOOD_S
    while sent < FLOOD_BYTES and (left := deadline - time.monotonic()) > 0:
        try:
            await asyncio.wait_for(socket.send(chunk), left)
        except (TimeoutError, ConnectionError):
            break
        sent += len(chunk)
    return sent


async def send_seconds(neighbour: Wire) -> list[float]:
    """How long each of some sends took, spread over the time of a flood."""
    taken = []
    for number in range(SENDS):
        began = time.monotonic()
        await neighbour.ask("send", room="lobby", text=f"between {number}")
        taken.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, FLOOD_S / SENDS - taken[-1]))
    return taken


async def connect(server: Program) -> RawSocket:
    return await RawSocket.connect(server.url(), "/ws/chat/lobby/", Sec_WebSocket_Protocol="chat.v1")


@pytest.mark.parametrize("kind", FLOODS)
async def test_a_flood_costs_neither_memory_nor_the_neighbours(server: Program, kind: str) -> None:
    async with await Wire.connect(server.url()) as neighbour, await connect(server) as socket:
        if kind == "empty fragments":
            await socket.send(frame(b"", final=False))
        await neighbour.ask("send", room="lobby", text="before")
        before = rss_bytes(server.pid)
        sent, taken = await asyncio.gather(flood(socket, FLOODS[kind]), send_seconds(neighbour))
        assert rss_bytes(server.pid) - before < MEMORY_BYTES, f"after {sent} bytes"
        assert statistics.median(taken) < SEND_S
        # Slowed down, not put out: nothing was wrong. Only who leaves a mebibyte of answers unread is cut for that.
        assert await codes_of_closes(socket) in ([], [1013])


async def codes_of_closes(socket: RawSocket) -> list[int]:
    """Of the frames that are there already, or come within a moment."""
    codes = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(MOMENT_S):
            while (found := await socket.read()) is not None:
                codes += [code_of(found)] if found[0] == CLOSE else []
    return codes


async def test_a_flood_of_bad_frames_ends_with_4400(server: Program) -> None:
    async with await Wire.connect(server.url()) as neighbour, await connect(server) as socket:
        before = rss_bytes(server.pid)
        _, taken, frames = await asyncio.gather(
            flood(socket, frame("no json")), send_seconds(neighbour), socket.until_end()
        )
        assert [code_of(each) for each in frames if each[0] == CLOSE] == [4400]
        assert sum(b"bad_frame" in payload for _, payload in frames) == 10
        assert rss_bytes(server.pid) - before < MEMORY_BYTES
        assert statistics.median(taken) < SEND_S


async def test_who_floods_is_told_of_its_rate_in_the_order_of_its_commands(server: Program) -> None:
    async with await connect(server) as socket:
        await socket.send(b"".join(command(type="send", id=str(number), text="hi") for number in range(150)))
        answers: list[dict[str, Any]] = []
        while len(answers) < 150:
            found = await socket.read()
            assert found is not None
            answer = json.loads(found[1])
            if answer["type"] in ("ok", "error"):
                answers.append(answer)
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert {answer["code"] for answer in refused} <= {"rate_limited"}
        assert all(answer["retry_after"] > 0 for answer in refused)
        accepted = [int(answer["id"]) for answer in answers if answer["type"] == "ok"]
        assert accepted == sorted(accepted)
        assert [int(answer["id"]) for answer in refused] == sorted(int(answer["id"]) for answer in refused)
        assert {int(answer["id"]) for answer in answers} == set(range(150))
