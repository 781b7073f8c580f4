"""The questions that hub and feeds ask the database, and the forms of the answers. No ORM."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec

from chat.hub.hints import Hint


class Healed(msgspec.Struct):
    """The changes after a number, read from the database: ascending by seq, and the plain frames by message id."""

    hints: list[Hint]
    plain: list[str]
    more: bool


class Credential(NamedTuple):
    """What a connection was let in by: a session, a token, or neither (a guest of this connection alone)."""

    user_id: int | None
    session_key: str | None = None
    password_hash: str | None = None
    token_digest: str | None = None


class Standing(NamedTuple):
    """Where a member stands in a room: the newest message there, and what is unread.

    It was counted when the room was at `seq`, above the read position `read_id`; `counted_at` (monotonic seconds)
    is when all of it was counted last, and not only what had been added.
    """

    room_id: int
    user_id: int
    slug: str
    newest_id: int
    unread: int
    mentions: int
    seq: int
    read_id: int
    counted_at: float

    def says(self) -> tuple[int, int, int]:
        """What the member is told of it."""
        return self.newest_id, self.unread, self.mentions


class Readers(Protocol):
    """The questions that feeds and hub ask the database; chat/apps.py gives the hub its answers."""

    async def epoch(self) -> str: ...

    async def head(self, room_id: int) -> int: ...

    async def heads(self, room_ids: list[int]) -> dict[int, int]: ...

    async def changes_since(self, room_id: int, since: int) -> Healed: ...

    async def may_read(self, room_id: int, user_ids: set[int | None]) -> set[int | None]: ...

    async def rooms_of(self, user_ids: set[int]) -> dict[int, dict[int, int]]: ...

    async def put_out_after(self, room_id: int, seq: int, user_ids: set[int | None]) -> set[int | None]: ...

    async def standings(self, asked: Mapping[tuple[int, int], Standing | None]) -> list[Standing]: ...

    async def alive(self, credentials: set[Credential]) -> set[Credential]: ...
