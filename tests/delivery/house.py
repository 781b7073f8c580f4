"""Servers of one installation, as processes, and what a test does to them."""

import asyncio
import signal
from types import TracebackType
from typing import Any, Self

import httpx

from tests.delivery.rows import Stored, stored
from tests.people import COME_BACK_CODES, Person
from tests.programs import Program
from tests.wire import PATIENCE_S, Gone, View, Wire

PAGE = 100


class House:
    """`manage.py serve` processes on one database and one Redis, without rates: tests are in a hurry."""

    def __init__(
        self,
        settings: dict[str, str],
        *,
        servers: int = 2,
        own: dict[int, dict[str, str]] | None = None,
        program: tuple[str, ...] = ("manage.py",),
    ) -> None:
        """Start all at once; `own` holds what differs for single servers, `program` what stands for manage.py."""
        common = {**settings, "CHAT_RATE_LIMITS": "off"}
        common.setdefault("CHAT_GUESTS", "write")
        self._settings = [{**common, **(own or {}).get(number, {})} for number in range(servers)]
        self._program = program
        self.servers = [self._start(number, "0") for number in range(servers)]
        try:
            for server in self.servers:
                server.url()
        except AssertionError:
            self.__exit__(None, None, None)
            raise

    @property
    def urls(self) -> list[str]:
        return [server.url() for server in self.servers]

    def restart(self, number: int, by: signal.Signals, **changed: str) -> int:
        """End a server and start it anew on the same port; returns the exit code of the old one.

        `changed` are settings that the new one has and the old one had not.
        """
        port = self.urls[number].rsplit(":", 1)[1]
        code = self.servers[number].end(by)
        self._settings[number] |= changed
        self.servers[number] = self._start(number, port)
        self.servers[number].url()
        return code

    def person(self, name: str, *, server: int = 0, room: str = "lobby") -> Person:
        """Somebody who prefers this server, counted round, and goes to the next when it does not answer."""
        first = server % len(self.servers)
        return Person([*self.urls[first:], *self.urls[:first]], room, name=name)

    def stored(self, room: str = "lobby") -> Stored:
        """The room as it is in the database."""
        return stored(self._settings[0], room)

    async def history(self, room: str = "lobby") -> list[dict[str, Any]]:
        """Everything a fresh reader gets, by HTTP, page by page."""
        found: list[dict[str, Any]] = []
        async with httpx.AsyncClient(base_url=self.urls[0], timeout=PATIENCE_S) as client:
            more, before = True, dict[str, int]()
            while more:
                answer = await client.get(f"/api/rooms/{room}/messages", params={"limit": PAGE, **before})
                page = answer.raise_for_status().json()
                found = page["messages"] + found
                more, before = page["has_older"], {"before": found[0]["id"]} if found else {}
        return found

    async def fresh_view(self, room: str = "lobby", *, server: int = 0) -> View:
        """What a client that knows the room from its first change on has after one resume."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await self._resume_from_nothing(room, self.urls[server])
                except Gone as gone:
                    if gone.code not in COME_BACK_CODES:
                        raise

    async def _resume_from_nothing(self, room: str, url: str) -> View:
        async with await Wire.connect(url) as wire:
            wire.views[room] = View()
            wire.views[room].n = 0
            return await wire.subscribe(room)

    def _start(self, number: int, port: str) -> Program:
        return Program(*self._program, "serve", "--migrate", "--port", port, **self._settings[number])

    def __enter__(self) -> Self:
        return self

    def end(self) -> None:
        """Stop every server; harmless when they have ended."""
        for server in self.servers:
            server.end()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        for server in self.servers:
            # Shown with a test that failed.
            print(f"--- a server:\n{server.output}")
