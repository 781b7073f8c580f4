"""What nobody thought of: it is logged, answered in our form, and tells a stranger nothing."""

import logging

import pytest
from django.http import HttpResponse
from django.test import AsyncClient, AsyncRequestFactory

from chat.api.admission import Access, Call
from chat.api.resource import operation, resource
from chat.dispatch import table
from chat.protocol import commands
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "the password of the database"


@operation("GET", Access.UNASKED)
async def broken(call: Call) -> dict[str, str]:
    """An operation with a fault."""
    raise RuntimeError(SECRET)


async def test_a_fault_behind_the_json_door_is_answered_in_its_form(caplog: pytest.LogCaptureFixture) -> None:
    response = await resource(broken)(AsyncRequestFactory().get("/api/broken"))
    assert isinstance(response, HttpResponse)
    assert response.status_code == 503
    assert b'"code":"unavailable"' in response.content
    assert SECRET.encode() not in response.content
    assert SECRET in caplog.text
    assert (await AsyncClient().get("/api/me")).status_code == 200


async def test_a_fault_in_a_command_is_answered_and_the_connection_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(connection: object, command: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setitem(table._table, commands.Sync, fails)
    async with Socket() as socket:
        with caplog.at_level(logging.ERROR):
            error = await socket.ask("sync", room="lobby")
        assert (error["code"], error["retryable"]) == ("unavailable", True)
        assert SECRET not in str(error)
        assert SECRET in caplog.text
        assert (await socket.ask("ping"))["type"] == "ok"
