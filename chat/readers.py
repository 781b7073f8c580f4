"""The hub's questions to the database, answered by history and auth."""

from collections.abc import Mapping

from chat import auth, database, history
from chat.hub import Credential, Healed, Standing


class DatabaseReaders:
    """Implements `chat.hub.Readers`; every method raises Unavailable without a database."""

    async def epoch(self) -> str:
        return await database.call(history.epoch)

    async def head(self, room_id: int) -> int:
        return await database.call(history.head, room_id)

    async def heads(self, room_ids: list[int]) -> dict[int, int]:
        return await database.call(history.heads, room_ids)

    async def changes_since(self, room_id: int, since: int) -> Healed:
        return await database.call(history.changes_since, room_id, since)

    async def may_read(self, room_id: int, user_ids: set[int | None]) -> set[int | None]:
        return await database.call(history.may_read, room_id, user_ids)

    async def put_out_after(self, room_id: int, seq: int, user_ids: set[int | None]) -> set[int | None]:
        return await database.call(history.put_out_after, room_id, seq, user_ids)

    async def rooms_of(self, user_ids: set[int]) -> dict[int, dict[int, int]]:
        return await database.call(history.rooms_of, user_ids)

    async def standings(self, asked: Mapping[tuple[int, int], Standing | None]) -> list[Standing]:
        return await database.call(history.standings, asked)

    async def alive(self, credentials: set[Credential]) -> set[Credential]:
        return await database.call(auth.alive, credentials)
