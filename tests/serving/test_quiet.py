"""What is not made ready for log lines that nobody reads."""

from typing import Any

import pytest
from autobahn.websocket import protocol
from twisted.internet import asyncioreactor

from chat.serving import seams
from chat.serving.quiet import be_quiet


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the length of one test: the modules are everybody's."""
    for name in seams.FORMATTERS:
        monkeypatch.setattr(protocol, name, getattr(protocol, name))
    monkeypatch.setattr(
        asyncioreactor, seams.READ_WITH_LOGGER, getattr(asyncioreactor, seams.READ_WITH_LOGGER)
    )
    be_quiet()


def test_debug_lines_are_not_formatted() -> None:
    assert [getattr(protocol, name)(object()) for name in seams.FORMATTERS] == ["", "", ""]


def test_a_connection_is_read_without_asking_how_it_is_called_in_a_log() -> None:
    calls: list[tuple[Any, ...]] = []

    class Connection:
        def logPrefix(self) -> str:  # noqa: N802 - Twisted's name
            raise AssertionError("asked")

    connection = Connection()
    getattr(asyncioreactor, seams.READ_WITH_LOGGER)(
        connection, lambda *args: calls.append(args), connection, True
    )
    assert calls == [(connection, True)]
