"""The same product under every server: page, static file, admin, API and socket. Ours only adds to that."""

import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import websockets

from tests.programs import Program
from tests.services import environment
from tests.wire import PATIENCE_S, Wire

APPLICATION = "chatproject.asgi:application"
SERVERS: dict[str, Callable[[str], list[str]]] = {
    "serve": lambda port: ["manage.py", "serve", "--port", port],
    "runserver": lambda port: ["manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
    "daphne": lambda port: ["-m", "daphne", "--port", port, APPLICATION],
    "uvicorn": lambda port: ["-m", "uvicorn", "--port", port, APPLICATION],
}

# Twice what Twisted would have in line, and less than what any kernel allows.
KNOCKING = 100


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest, installation: dict[str, str]) -> Iterator[str]:
    settings = {**installation, "REDIS_URL": environment.redis.url}
    with Program.manage("migrate", "--verbosity", "0", **settings) as migrate:
        assert migrate.wait() == 0, migrate.output
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with Program(*SERVERS[request.param](port), **settings) as server:
        wait_for(address)
        yield address
        server.end()
        print(server.output)
        assert "Traceback" not in server.output


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/healthz", timeout=PATIENCE_S).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"nobody answers at {address}")


async def test_page_static_file_admin_api_and_socket_are_served(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, follow_redirects=True, timeout=PATIENCE_S) as client:
        page = await client.get("/")
        assert page.status_code == 200
        assert "text/html" in page.headers["content-type"]
        style = await client.get("/static/css/app.css")
        assert style.status_code == 200
        assert "text/css" in style.headers["content-type"]
        admin = await client.get("/admin/")
        assert admin.status_code == 200
        assert "password" in admin.text
        rooms = (await client.get("/api/rooms/lobby")).raise_for_status().json()
        assert rooms["slug"] == "lobby"
    async with await Wire.connect(url) as alice, await Wire.connect(url) as bob:
        await bob.subscribe("lobby")
        await alice.ask("send", room="lobby", text="hello")
        arrived = await bob.event("message", room="lobby")
        assert arrived["message"]["text"] == "hello"


async def test_a_handshake_to_an_address_of_nobody_is_refused_without_a_fuss(url: str) -> None:
    for path in ("/", "/ws/other/", "/ws/chat/lobby", "/ws/chat/lobby/more/"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(url.replace("http", "ws", 1) + path, proxy=None)
        assert refused.value.response.status_code == 403, path


def test_whoever_comes_while_the_server_is_busy_waits_in_line() -> None:
    with Program("-m", "tests.serving.plain", "0") as server, contextlib.ExitStack() as lines:
        port = int(server.url().rsplit(":", 1)[1])
        server.send_signal(signal.SIGSTOP)
        try:
            for _ in range(KNOCKING):
                lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        finally:
            server.send_signal(signal.SIGCONT)
