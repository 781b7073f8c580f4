"""Answers of GitHub that make up one whole: each may fail by itself, is then named, and spares the rest."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from chat.errors import ChatError, NotFound
from chat.github.resources import Feature, Source, Sourced, fetch, find

T = TypeVar("T")
Ask = Callable[[], Coroutine[Any, Any, Sourced[T]]]


class PartError(msgspec.Struct, frozen=True):
    """Why a part of the whole is missing: the status and code that it would have had alone."""

    part: str
    status: int
    code: str
    detail: str


class PartSource(msgspec.Struct, frozen=True):
    """Where a part came from, and how many seconds ago GitHub said so."""

    source: Source
    age: float


class Parts:
    """What came and what failed; `names` in the order in which they are told, the first being the thing itself.

    `token` is whose eyes are used (None: the server's), `feature` who spends the calls.
    """

    def __init__(self, *names: str, token: str | None, feature: Feature) -> None:
        self._names = names
        self._token = token
        self._feature = feature
        self._failed: dict[str, ChatError] = {}
        self._came: dict[str, PartSource] = {}

    def fetch(
        self, group: asyncio.TaskGroup, name: str, path: str, form: type[T]
    ) -> "asyncio.Task[T | None]":
        """Ask for a part beside the others; its task gives None when it failed.

        Where there is no such thing at all it raises NotFound, which ends the whole group.
        """
        ask = functools.partial(fetch, path, form, token=self._token, feature=self._feature)
        return self.start(group, name, ask)

    def find(self, group: asyncio.TaskGroup, name: str, path: str, form: type[T]) -> "asyncio.Task[T | None]":
        """The same for a part that there need not be: None without an error, then."""
        ask = functools.partial(find, path, form, token=self._token, feature=self._feature)
        return self.start(group, name, ask)

    def start(self, group: asyncio.TaskGroup, name: str, ask: Ask[T]) -> "asyncio.Task[T | None]":
        """The same for a part that takes more than a fetch."""
        taking = self._take(name, ask)
        return group.create_task(taking)

    @property
    def errors(self) -> list[PartError]:
        """What failed; raises what the thing itself failed with when nothing came."""
        if not self._came:
            raise self._failed[self._names[0]]
        failed = [(name, self._failed[name]) for name in self._names if name in self._failed]
        return [PartError(name, error.status, error.code, error.detail) for name, error in failed]

    @property
    def sources(self) -> dict[str, PartSource]:
        """Where each of those that came is from."""
        return {name: self._came[name] for name in self._names if name in self._came}

    def why_without(self, name: str) -> ChatError | None:
        """The error of a part that failed."""
        return self._failed.get(name)

    async def _take(self, name: str, ask: Ask[T]) -> T | None:
        try:
            found = await ask()
        except ChatError as error:
            if isinstance(error, NotFound) and name == self._names[0]:
                raise
            self._failed[name] = error
            return None
        self._came[name] = PartSource(found.source, round(found.age, 3))
        return found.value
