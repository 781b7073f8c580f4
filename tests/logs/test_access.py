"""The line at the end of each request and each socket, with what is known of it, and without what lets people in."""

import asyncio
import json
import logging
import secrets

import httpx
import pytest
import websockets
from django.contrib.auth.tokens import default_token_generator
from django.test import Client

from chat.logs.configuration import FORMS, LEVELS, configuration
from chat.models import User
from tests.api.conftest import client
from tests.cast import Cast, sign_in
from tests.consumers.socket import Socket
from tests.logs.conftest import Lines
from tests.programs import Program

ADDRESS = "127.0.0.1"
# Of a kind that there is not.
NO_FRAME = bytes((0x83, 0x80)) + b"\0" * 4


def ended(lines: Lines, what: str) -> list[dict[str, object]]:
    return [line for line in lines() if line["message"] == f"{what} ended"]


@pytest.mark.django_db(transaction=True)
async def test_a_request_to_the_api_ends_with_a_line(cast: Cast, lines: Lines) -> None:
    async with client(ADDRESS) as web:
        assert (await web.get("/api/rooms/lobby?name=private")).status_code == 200
        assert (await web.get("/api/rooms/nowhere")).status_code == 404
    found, missing = ended(lines, "request")
    assert isinstance(found.pop("duration_ms"), float)
    assert {name: found[name] for name in set(found) - {"time"}} == {
        "level": "info",
        "logger": "chat.logs.access",
        "message": "request ended",
        "door": "api",
        "method": "GET",
        "path": "/api/rooms/lobby",
        "status": 200,
        "address": ADDRESS,
    }
    assert missing["status"] == 404


@pytest.mark.django_db
def test_a_page_names_who_is_signed_in(cast: Cast, lines: Lines) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_staff=True, is_superuser=True)
    browser = Client()
    browser.force_login(cast.alice)
    browser.get("/admin/")
    [line] = ended(lines, "request")
    assert (line["user"], line["door"], line["status"]) == (cast.alice.pk, "admin", 200)


@pytest.mark.django_db
def test_a_link_that_lets_somebody_in_is_not_written_down(cast: Cast, lines: Lines) -> None:
    key, invented = default_token_generator.make_token(cast.alice), secrets.token_urlsafe(32)
    for path in (
        f"/accounts/password/reset/key/{cast.alice.pk}-{key}/",
        f"/accounts/confirm-email/{invented}/",
        f"/nowhere/{invented}",
    ):
        Client().get(f"{path}?token={invented}")
    written = str(lines())
    assert [line["path"] for line in ended(lines, "request")] == [
        "/accounts/password/reset/key/…-…/",
        "/accounts/confirm-email/…/",
        "/nowhere/…",
    ]
    assert key not in written
    assert invented not in written


@pytest.mark.django_db(transaction=True)
async def test_a_socket_ends_with_a_line(cast: Cast, lines: Lines) -> None:
    key = await _signed_in(cast)
    headers = {"cookie": f"sessionid={key}", "origin": "http://testserver"}
    async with Socket("/ws/chat/lobby/", headers=headers, since=0, epoch="private") as socket:
        await socket.event("subscribed")
        await socket.ask("send", text="private")
        await socket.inner.disconnect(1001)
    [line] = ended(lines, "socket")
    assert isinstance(line["duration_ms"], float)
    assert (line["door"], line["path"], line["user"]) == ("socket", "/ws/chat/lobby/", cast.alice.pk)
    assert (line["dialect"], line["code"], line["by"]) == ("chat.v1", 1001, "client")
    written = str(lines())
    assert "private" not in written
    assert key not in written


@pytest.mark.parametrize(("command", "fields"), [("send", {"text": "private"}), ("typing", {})])
@pytest.mark.django_db(transaction=True)
async def test_what_goes_wrong_in_a_command_says_whose_it_was(
    cast: Cast, lines: Lines, monkeypatch: pytest.MonkeyPatch, command: str, fields: dict[str, str]
) -> None:
    from chat.dispatch import table
    from chat.protocol import commands

    def stumble(*_: object) -> None:
        raise ValueError("nobody thought of this")

    # A send takes a way of its own.
    monkeypatch.setattr(table.posts, "submit", stumble)
    monkeypatch.setitem(table._table, commands.Typing, stumble)
    headers = {"cookie": f"sessionid={await _signed_in(cast)}", "origin": "http://testserver"}
    async with Socket("/ws/chat/lobby/", headers=headers) as socket:
        await socket.event("subscribed")
        await socket.ask(command, **fields)
    [line] = [line for line in lines() if "nobody thought of this" in line.get("exc", "")]
    assert (line["command"], line["user"], line["room"], line["door"]) == (
        command,
        cast.alice.pk,
        cast.lobby.pk,
        "socket",
    )


async def _signed_in(cast: Cast) -> str:
    from chat import database

    return await database.write(sign_in, cast.alice)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_levels_are_those_of_the_chat_and_access_lines_are_for_programs(form: str, level: str) -> None:
    made = configuration(form, level)["loggers"]
    shown = {"debug": True, "info": form == "json"}.get(level, False)
    assert logging.getLevelName(made["chat"]["level"]) == getattr(logging, level.upper())
    assert (getattr(logging, made["chat.logs.access"]["level"]) <= logging.INFO) is shown
    assert configuration(form, level)["root"]["level"] != "DEBUG"


def test_a_server_writes_lines_that_programs_read(installation: dict[str, str]) -> None:
    settings = {**installation, "CHAT_LOG_FORMAT": "json"}
    with Program.manage("serve", "--migrate", "--port", "0", **settings) as server:
        url = server.url()
        httpx.get(f"{url}/healthz?token=private")
        line = json.loads(server.wait_for("request ended"))
        assert server.end() == 0
    assert (line["path"], line["status"], line["level"]) == ("/healthz", 200, "info")
    assert "private" not in server.output


@pytest.mark.parametrize(("frame", "code"), [(b"x" * 70_000, 1009), (b"\xff", 1007), (None, 1002)])
async def test_a_socket_that_the_server_itself_closed_is_not_said_to_be_closed_by_the_client(
    installation: dict[str, str], frame: bytes | None, code: int
) -> None:
    with Program.manage(
        "serve", "--migrate", "--port", "0", **installation, CHAT_LOG_FORMAT="json"
    ) as server:
        address = server.url().replace("http", "ws", 1) + "/ws/chat/lobby/"
        async with websockets.connect(address, proxy=None) as socket:
            if frame is None:
                socket.transport.write(NO_FRAME)
            else:
                await socket.send(frame, text=True)
            await socket.wait_closed()
        line = json.loads(server.wait_for("socket ended"))
        numbers = (await asyncio.to_thread(httpx.get, f"{server.url()}/metrics")).text
        assert server.end() == 0
    assert (line["by"], line["code"]) == ("server", code)
    assert f'chat_closes_total{{by="server",code="{code}"}} 1.0' in numbers
    assert 'chat_closes_total{by="client"' not in numbers


def test_the_text_form_is_quiet_about_requests(installation: dict[str, str]) -> None:
    with Program.manage("serve", "--migrate", "--port", "0", **installation) as server:
        httpx.get(f"{server.url()}/healthz")
        assert server.end() == 0
    assert "ended" not in server.output
