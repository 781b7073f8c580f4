"""The socket that comes back: against a server that we play ourselves, frame by frame."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from tests.browser.installation import Installation

HELLO: dict[str, Any] = {"type": "hello", "epoch": "e", "user": None, "heartbeat": 25, "limits": {}}
START = """async () => {
    const { Connection } = await import("/static/js/connection.js");
    window.connection = new Connection(() => `${location.origin.replace("http", "ws")}/ws/chat/`);
    window.states = [];
    window.connection.addEventListener("state", () => window.states.push(window.connection.state.name));
    window.connection.open();
}"""
Serve = Callable[[Callable[[WebSocketRoute, int], None]], list[WebSocketRoute]]


@pytest.fixture
def serve(page: Page, installation: Installation) -> Serve:
    """Answers each connection with a function of the socket and the number of the try."""

    def start(answer: Callable[[WebSocketRoute, int], None]) -> list[WebSocketRoute]:
        sockets: list[WebSocketRoute] = []

        def connected(socket: WebSocketRoute) -> None:
            sockets.append(socket)
            answer(socket, len(sockets))

        page.clock.install()
        page.route_web_socket("**/ws/chat/", connected)
        page.goto(f"{installation.url}/static/img/icon.svg")
        page.evaluate(START)
        return sockets

    return start


def greet(socket: WebSocketRoute, _number: int) -> None:
    socket.send(json.dumps(HELLO))


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.connection.state")
    return found


def wait_for_state(page: Page, name: str) -> None:
    page.wait_for_function("(name) => window.connection.state.name === name", arg=name)


def test_it_comes_back_after_a_loss(page: Page, serve: Serve) -> None:
    sockets = serve(greet)
    wait_for_state(page, "open")
    sockets[0].close(code=1011)
    wait_for_state(page, "waiting")
    page.clock.run_for(1_000)
    wait_for_state(page, "open")
    assert len(sockets) == 2


@pytest.mark.parametrize("code", [4400, 4401, 4403, 4404])
def test_it_stops_where_the_code_says_so(page: Page, serve: Serve, code: int) -> None:
    sockets = serve(greet)
    wait_for_state(page, "open")
    sockets[0].close(code=code)
    wait_for_state(page, "stopped")
    page.clock.run_for(120_000)
    assert state(page)["code"] == code
    assert len(sockets) == 1


def test_it_waits_as_long_as_the_goodbye_says(page: Page, serve: Serve) -> None:
    sockets = serve(greet)
    wait_for_state(page, "open")
    sockets[0].send(json.dumps({"type": "goodbye", "reason": "restarting", "reconnect_after": 7}))
    sockets[0].close(code=1012)
    wait_for_state(page, "waiting")
    page.clock.run_for(6_000)
    assert state(page)["name"] == "waiting"
    page.clock.run_for(1_500)
    wait_for_state(page, "open")
    assert len(sockets) == 2


def test_it_waits_longer_and_longer_for_a_server_that_is_away(page: Page, serve: Serve) -> None:
    serve(lambda socket, _: socket.close(code=1011))
    waits = []
    for _ in range(9):
        wait_for_state(page, "waiting")
        waits.append(page.evaluate("window.connection.state.retryAt - Date.now()"))
        page.evaluate("window.states.length = 0")
        page.clock.run_for(31_000)
        page.wait_for_function("window.states.includes('waiting')")
    assert waits[0] <= 500
    assert 15_000 <= waits[-1] <= 30_000


def test_a_wait_ends_when_the_network_comes_back(page: Page, serve: Serve) -> None:
    sockets = serve(lambda socket, number: socket.close(code=1011) if number == 1 else greet(socket, number))
    wait_for_state(page, "waiting")
    page.evaluate("window.connection.wake()")
    wait_for_state(page, "open")
    assert len(sockets) == 2


def test_a_server_that_has_gone_silent_is_left(page: Page, serve: Serve) -> None:
    sockets = serve(greet)
    wait_for_state(page, "open")
    # The heartbeat is overdue, and the question after it is not answered either.
    page.clock.run_for(45_000)
    wait_for_state(page, "open")
    assert len(sockets) == 2


def test_a_connection_that_outlives_a_sleep_is_kept(page: Page, serve: Serve) -> None:
    def answer(socket: WebSocketRoute, number: int) -> None:
        socket.on_message(lambda text: socket.send(json.dumps({"type": "ok", "id": json.loads(text)["id"]})))
        greet(socket, number)

    sockets = serve(answer)
    wait_for_state(page, "open")
    page.clock.fast_forward("08:00:00")
    # The question that came of it is answered, and its time passes without a loss.
    page.evaluate("window.connection.request({ type: 'ping' })")
    page.clock.fast_forward("00:05")
    assert page.evaluate("window.states") == ["connecting", "open"]
    assert len(sockets) == 1


def test_a_reply_settles_its_own_command_whatever_the_order(page: Page, serve: Serve) -> None:
    def answer(socket: WebSocketRoute, number: int) -> None:
        asked: list[Any] = []

        def heard(text: str | bytes) -> None:
            asked.append(json.loads(text))
            if len(asked) == 2:
                refusal = {"code": "forbidden", "detail": "No.", "retryable": False}
                socket.send(json.dumps({"type": "error", "id": asked[1]["id"], **refusal}))
                socket.send(json.dumps({"type": "ok", "id": asked[0]["id"], "seq": 4}))

        socket.on_message(heard)
        greet(socket, number)

    serve(answer)
    wait_for_state(page, "open")
    result = page.evaluate(
        """async () => {
            const first = window.connection.request({ type: "edit" });
            const second = window.connection.request({ type: "delete" });
            return [(await first).seq, await second.catch(({ code }) => code)];
        }"""
    )
    assert result == [4, "forbidden"]


def test_a_command_on_its_way_when_the_connection_breaks_is_rejected(page: Page, serve: Serve) -> None:
    def answer(socket: WebSocketRoute, number: int) -> None:
        socket.on_message(lambda _: socket.close(code=1011))
        greet(socket, number)

    serve(answer)
    wait_for_state(page, "open")
    code = "() => window.connection.request({ type: 'edit' }).catch(({ code }) => code)"
    assert page.evaluate(code) == "disconnected"
