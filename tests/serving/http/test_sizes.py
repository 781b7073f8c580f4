"""How much of a request the server takes in: refused while it arrives, kept nowhere, and told to who sends it."""

import socket
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import msgspec
import pytest

from chat.limits import BODY_BYTES, FORM_BYTES
from tests.programs import Program
from tests.serving.http.line import Line, chunk, request
from tests.serving.http.process import MIB, PATIENCE_S, memory

LARGE = 200 * MIB
CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def server() -> Iterator[Program]:
    with Program("-m", "tests.serving.plain", "0") as program:
        program.url()
        yield program
        assert program.end() == 0
        assert "Traceback" not in program.output


@pytest.fixture
async def line(server: Program) -> AsyncIterator[Line]:
    async with await Line.connect(server.url()) as found:
        yield found


async def test_a_body_of_the_largest_size_passes(line: Line) -> None:
    for path, most in (("/api/x", BODY_BYTES), ("/form", FORM_BYTES)):
        await line.send(request("POST", path, f"Content-Length: {most}") + b"y" * most)
        assert (await line.answer()).body == b"got " + b"y" * most
        await line.send(request("POST", path, CHUNKED) + chunk(b"y" * most) + chunk(b""))
        assert (await line.answer()).body == b"got " + b"y" * most


@pytest.mark.parametrize("path", ["/api/rooms", "/api/nowhere", "/hooks/x"])
async def test_a_larger_one_is_refused_before_it_comes_in_the_form_of_the_api(line: Line, path: str) -> None:
    await line.send(request("POST", path, f"Content-Length: {BODY_BYTES + 1}"))
    answer = await line.answer()
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-type"] == "application/json"
    assert msgspec.json.decode(answer.body) == {
        "code": "too_long",
        "detail": f"A body has at most {BODY_BYTES} bytes.",
        "retryable": False,
        "retry_after": None,
        "field": None,
    }
    assert await line.rest() == b""


async def test_elsewhere_people_get_a_sentence(line: Line) -> None:
    await line.send(request("POST", "/form", f"Content-Length: {FORM_BYTES + 1}"))
    answer = await line.answer()
    assert (answer.status, answer.headers["content-type"]) == (413, "text/plain; charset=utf-8")
    assert answer.body == f"A body has at most {FORM_BYTES} bytes.\n".encode()


async def test_a_body_of_unknown_length_is_refused_when_it_passes_the_limit(
    server: Program, line: Line
) -> None:
    await line.send(request("POST", "/api/x", CHUNKED) + chunk(b"y" * BODY_BYTES))
    await line.send(chunk(b"y"))
    assert (await line.answer()).status == 413
    assert await line.rest() == b""


@pytest.mark.parametrize(
    ("head", "piece"),
    [(f"Content-Length: {LARGE}", b"x" * MIB), (CHUNKED, chunk(b"x" * MIB))],
    ids=["of known length", "in chunks"],
)
def test_whoever_sends_everything_first_can_read_why_it_was_refused(
    server: Program, head: str, piece: bytes
) -> None:
    before, port = memory(server), urlsplit(server.url()).port
    with socket.create_connection(("127.0.0.1", port or 0), PATIENCE_S) as line:
        line.sendall(request("POST", "/nowhere", head))
        for _ in range(LARGE // MIB):
            line.sendall(piece)
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")
    assert memory(server) < before + 20 * MIB


async def test_whoever_asks_first_is_not_told_to_go_on(line: Line) -> None:
    await line.send(request("POST", "/api/x", "Expect: 100-continue", f"Content-Length: {LARGE}"))
    assert (await line.answer()).status == 413


async def test_whoever_asks_first_is_told_to_go_on_with_what_fits(line: Line) -> None:
    await line.send(request("POST", "/api/x", "Expect: 100-continue", "Content-Length: 2"))
    assert (await line.answer()).status == 100
    await line.send(b"ok")
    assert (await line.answer()).body == b"got ok"


async def test_what_stands_behind_a_refused_body_is_no_request(server: Program, line: Line) -> None:
    behind = request("GET", "/behind")
    await line.send(request("POST", "/api/x", f"Content-Length: {BODY_BYTES + 1}"))
    await line.send(b"y" * (BODY_BYTES + 1) + behind)
    assert (await line.answer()).status == 413
    assert await line.rest() == b""
    assert "request /behind" not in server.lines


@pytest.mark.parametrize(
    "head",
    [
        request("GET", "/" + "x" * 17_000),
        request("GET", "/", "X: " + "y" * 17_000),
        request("GET", "/", *(f"X-{number}: {'y' * 500}" for number in range(40))),
        request("GET", "/", *(f"X-{number}: y" for number in range(501))),
        b"GET /" + b"x" * 40_000,
    ],
    ids=["a long address", "a long header", "long headers", "many headers", "a line without end"],
)
async def test_more_headers_than_anybody_needs_are_refused_with_431(line: Line, head: bytes) -> None:
    await line.send(head)
    assert (await line.answer()).status == 431
    assert await line.rest() == b""


@pytest.mark.parametrize(
    "head",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/3.0\r\n\r\n",
        request("GET", "/", "no colon"),
        request("POST", "/", "Content-Length: x"),
        # More digits than Python makes a number of.
        request("POST", "/", f"Content-Length: {'9' * 4_301}"),
        request("POST", "/", f"Content-Length: {'0' * 4_301}", "X: y"),
        request("POST", "/", "Content-Length: 3", "Content-Length: 4"),
        request("POST", "/", "Content-Length: 3", CHUNKED),
        request("POST", "/", "Transfer-Encoding: gzip"),
        request("POST", "/", CHUNKED) + b"no length\r\n",
    ],
)
async def test_what_is_no_http_or_has_two_lengths_is_refused_with_400(line: Line, head: bytes) -> None:
    await line.send(head)
    assert (await line.answer()).status == 400
    assert await line.rest() == b""


async def test_no_client_chooses_the_root_of_the_paths(line: Line) -> None:
    await line.send(request("GET", "/root", "Daphne-Root-Path: /evil"))
    assert (await line.answer()).body == b"got "
    await line.send(request("GET", "/root", "Daphne-Root-Path: \xff"))
    assert (await line.answer()).status == 200
