"""Answers of an application as they stand on the line."""

from http import HTTPStatus

from tests.programs import Program
from tests.serving.http.line import Line, request


async def test_a_status_stands_there_with_the_word_of_the_standard() -> None:
    with Program("-m", "tests.serving.plain", "0") as server:
        for status in map(HTTPStatus, (200, 404, 413, 425, 429, 431, 451)):
            async with await Line.connect(server.url()) as line:
                await line.send(request("GET", f"/status/{status}"))
                first, _, _ = (await line.read(1_000)).partition(b"\r\n")
            assert first.decode() == f"HTTP/1.1 {status} {status.phrase}"
