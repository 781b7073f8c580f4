"""The log as it is written, in either form, instead of the records that would be."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat.logs.lines import JsonFormatter, TextFormatter

Lines = Callable[[], list[dict[str, Any]]]


def written_by(formatter: logging.Formatter) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    access, root = logging.getLogger("chat.logs.access"), logging.getLogger()
    level = access.level
    root.addHandler(handler)
    access.setLevel(logging.INFO)
    yield stream
    access.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def text() -> Iterator[io.StringIO]:
    yield from written_by(TextFormatter())


@pytest.fixture
def json_stream() -> Iterator[io.StringIO]:
    yield from written_by(JsonFormatter())


@pytest.fixture
def lines(json_stream: io.StringIO) -> Lines:
    """Each line so far, parsed: whatever was written must be one object a line."""
    return lambda: [json.loads(line) for line in json_stream.getvalue().rstrip("\n").split("\n") if line]
