"""A server is restarted, and everybody who was connected comes back at the same moment."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from tests.benchmarks.servers.order import Order, Room
from tests.delivery.house import House
from tests.faults.crowds.crowd import Client, Crowd, descriptors
from tests.programs import Program
from tests.wire import PATIENCE_S

PROMISE_S = 30.0
PEOPLE = 40
ROOMS = [f"room-{number}" for number in range(20)]
MISSED = 5


@contextmanager
def crowd(house: House, cookies: list[str], size: int) -> Iterator[Crowd]:
    """So many clients, of some people each, in each room alike. Nobody is connected yet."""
    clients = [Client(ROOMS[n % len(ROOMS)], cookies[n // len(ROOMS) % PEOPLE]) for n in range(size)]
    everybody = Crowd(clients)
    try:
        yield everybody
    finally:
        everybody.leave()


def seed(settings: dict[str, str], folder: Path) -> list[str]:
    """People who belong to all rooms; returns their sessions."""
    order, answer = folder / "order", folder / "answer"
    order.write_bytes(
        msgspec.json.encode(Order(PEOPLE, [Room(slug, list(range(PEOPLE)), history=60) for slug in ROOMS]))
    )
    variables = {**settings, "DJANGO_SETTINGS_MODULE": "chatproject.settings"}
    with Program("-m", "tests.benchmarks.servers.seed", str(order), str(answer), **variables) as program:
        assert program.wait() == 0, program.output
    keys: list[str] = msgspec.json.decode(answer.read_bytes(), type=list[str])
    return keys


def speak(everybody: Crowd, port: int) -> dict[str, list[str]]:
    """In each room somebody says what the clients, who are where they were, have missed from now on."""
    said = {room: [f"{room} {number}" for number in range(MISSED)] for room in ROOMS}
    speakers = {client.room: client for client in everybody.clients}
    for room, texts in said.items():
        for number, text in enumerate(texts):
            speakers[room].say(type="send", id=f"{number}", room=room, text=text, client_id=text)
    everybody.wait_until(
        lambda: all(
            sum(frame["type"] == "ok" for frame in speaker.heard) == MISSED for speaker in speakers.values()
        ),
        port,
        PATIENCE_S,
    )
    return said


def comes_back(size: int, settings: dict[str, str], folder: Path, within_s: float) -> str:
    """The whole story; returns what was seen."""
    cookies = seed(settings, folder)
    with descriptors(size), House(settings, servers=1) as house, crowd(house, cookies, size) as everybody:
        port = int(house.urls[0].rsplit(":", 1)[1])
        first = everybody.come(port, PATIENCE_S)
        said = speak(everybody, port)
        house.restart(0, signal.SIGTERM)
        again = everybody.come(port, within_s)
        for client in everybody.clients:
            assert client.page is not None
            assert not client.page["reset"]
            assert [message["text"] for message in client.page["messages"]] == said[client.room]
        refusals = sum(client.refusals for client in everybody.clients)
        return f"{size} connected in {first:.1f} s and were back in {again:.1f} s, {refusals} refused"


def test_everybody_who_was_connected_comes_back_with_what_they_missed(
    migrated: dict[str, str], tmp_path: Path, enter: Callable[..., None]
) -> None:
    enter("300 clients come back at once", besides=comes_back(300, migrated, tmp_path, PATIENCE_S))


@pytest.mark.long
def test_two_thousand_clients_that_come_back_at_once_are_back_within_the_promise(
    migrated: dict[str, str], tmp_path: Path, enter: Callable[..., None]
) -> None:
    enter("2,000 clients come back at once", besides=comes_back(2_000, migrated, tmp_path, PROMISE_S))
