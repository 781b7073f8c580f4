"""A plain ASGI application on our server, run as a process: what the server does is seen without the chat.

Arguments: the port, then words that make something hang: "drain", "stop", "thread", "loop". With "hurry" the
server gives up on what hangs much sooner than in earnest, with "impatient" on clients that let it wait. With "short" or
"long" frames come in without rates, with "long" none by the short way. At /listen texts are taken from the wire,
elsewhere by ASGI; at /deaf only after a while. At /status/429 the answer has that status.
With "crowded" there are few places for an address.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any

from django.conf import settings

from chat.serving import connections, drain
from chat.serving.http.deadlines import Deadlines
from chat.serving.server import ChatServer
from chat.serving.wire import Wire

FOR_EVER_S = 3600
IMPATIENT = Deadlines(
    head=1.0,
    body=1.0,
    body_bytes_per_second=1 << 18,
    idle=1.0,
    handshake=1.5,
    unread=1.0,
    linger=1.0,
    linger_most=2.0,
)
PLACES = 20
# The answer at /large, in pieces of which none is large.
PIECE, PIECES = b"x" * 65_536, 800
SEND_BUFFER_BYTES = 16_384
DEAF_S = 3

sockets: set[Callable[[dict[str, Any]], Any]] = set()
wires: set[Any] = set()
words = set(sys.argv[2:])


def say(line: str) -> None:
    print(line, flush=True)


async def application(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[..., Any]) -> None:
    if scope["type"] == "websocket":
        await socket(scope, receive, send)
    else:
        await page(scope, receive, send)


async def page(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[..., Any]) -> None:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    say(f"request {scope['path']}")
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"] == "/stubborn":
        await never_end()
    if scope["path"] == "/large":
        await large(send)
        return
    answer = b"got " + body
    headers = [(b"content-length", str(len(answer)).encode())]
    status = int(scope["path"].removeprefix("/status/")) if scope["path"].startswith("/status/") else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def large(send: Callable[..., Any]) -> None:
    headers = [(b"content-length", str(len(PIECE) * PIECES).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for left in reversed(range(PIECES)):
        await send({"type": "http.response.body", "body": PIECE, "more_body": left > 0})


async def socket(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[..., Any]) -> None:
    assert scope["extensions"]["chat.close"] == {}
    await receive()
    if scope["path"] == "/undecided":
        await never_end()
    if scope["path"].startswith("/listen"):
        listen(scope["extensions"]["chat.wire"])
    await send({"type": "websocket.accept"})
    if scope["path"] in ("/greet", "/dismiss"):
        await send({"type": "websocket.send", "text": "welcome"})
    if scope["path"] == "/dismiss":
        await send({"type": "websocket.send", "text": "but not you"})
        await send({"type": "websocket.close", "code": 4401, "reason": "as asked"})
    sockets.add(send)
    wire = scope["extensions"]["chat.wire"]
    wires.add(wire)
    # The system's own buffers grow to megabytes, and would hide what waits before them.
    wire._transport.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES)
    if scope["path"] == "/deaf":
        await asyncio.sleep(DEAF_S)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            await answer(message, send)
        say(f"disconnect {scope['path']} {message['code']}")
    finally:
        sockets.discard(send)
        wires.discard(wire)
        say("cleaned up")


def listen(wire: Wire) -> None:
    """Say each text again. After "pause" none comes for a tenth of a second, after "stop" none ever."""

    def take(text: str) -> None:
        if text == "fail":
            raise ValueError("as asked")
        if text == "pause":
            wire.pause()
            asyncio.get_running_loop().call_later(0.1, go_on)
        if text in ("leave", "stop"):
            wire.pause()
        if text == "leave":
            asyncio.get_running_loop().call_later(0.1, wire.close, 4403, "as asked")
        wire.put(text)

    def go_on() -> None:
        wire.put("resumed")
        wire.resume()

    wire.listen(take)


async def answer(message: dict[str, Any], send: Callable[..., Any]) -> None:
    text = message.get("text")
    if text is None:
        await send({"type": "websocket.close", "code": 1003, "reason": "text frames only"})
    elif text == "fail":
        raise ValueError("as asked")
    elif text.startswith("large "):
        await send({"type": "websocket.send", "text": "é" * int(text.split()[1])})
    elif text.startswith("tell everybody "):
        tell_everybody(*map(int, text.split()[2:]))
    elif text.startswith("close "):
        _, code, reason = text.split(" ", 2)
        await send({"type": "websocket.close", "code": int(code), "reason": reason})
    else:
        await send({"type": "websocket.send", "text": text})


def tell_everybody(count: int, size: int) -> None:
    """So many numbered frames to all who are here, in one turn of the loop."""
    for number in range(count):
        next(iter(wires)).outlet.fan_out(f"{number} " + "x" * size, wires)


async def never_end() -> None:
    while True:
        try:
            await asyncio.sleep(FOR_EVER_S)
        except asyncio.CancelledError:
            say("will not be cancelled")


class Lifespan:
    async def start(self) -> None:
        if "thread" in words:
            asyncio.get_running_loop().run_in_executor(None, time.sleep, FOR_EVER_S)

    async def drain(self) -> None:
        if "loop" in words:
            time.sleep(FOR_EVER_S)  # noqa: ASYNC251 - the fault that is wanted
        for send in list(sockets):
            await send({"type": "websocket.send", "text": "goodbye"})
            await send({"type": "websocket.close", "code": 1012, "reason": "restart"})
        if "drain" in words:
            await never_end()

    async def stop(self) -> None:
        say("stopping")
        if "stop" in words:
            await never_end()


if __name__ == "__main__":
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        CHAT_RATE_LIMITS=not {"short", "long"} & words,
        CHAT_SHORT_INBOUND="long" not in words,
    )
    if "crowded" in words:
        setattr(connections, "ADDRESS_CONNECTIONS", PLACES)  # noqa: B010
    if "hurry" in words:
        drain.IN_FLIGHT_S, drain.EXIT_WITHIN_S = 1.0, 4.0
    server = ChatServer(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        lifespan=Lifespan(),
        announce=say,
        deadlines=IMPATIENT if "impatient" in words else Deadlines(),
    )
    server.run()
    if server.failure:
        sys.exit(server.failure)
