"""The far end of a subscription, as tests of feeds and hubs hold it."""

import asyncio
import json
from typing import Any

from chat.hub import Credential, RoomFeed, Wire

# Far above the 0.1 s that a hole is waited for.
PATIENCE_S = 20


class Listener:
    """The far end of a subscription: keeps what it is sent."""

    rooms: dict[int, RoomFeed] = {}
    credential = Credential(None)
    hidden = False
    wire: Wire | None = None

    def __init__(self, user_id: int | None = None, *, plain: bool = False) -> None:
        self.user_id = user_id
        self.plain = plain
        self.frames: list[dict[str, Any]] = []
        self.put_out = False

    def deliver(self, frame: str) -> None:
        self.frames.append(json.loads(frame))

    def person_changed(self, name: str, hides_presence: bool) -> None:
        pass

    def expelled(self, room_id: int) -> None:
        self.put_out = True

    @property
    def seqs(self) -> list[int]:
        return [frame["message"]["seq"] for frame in self.frames if frame["type"] == "message"]

    def assert_no_hole(self, since: int) -> None:
        """Each event covers (prev, seq]: the chain must reach from `since` without a gap."""
        complete = since
        for frame in self.frames:
            prev = frame.get("prev", frame["message"]["seq"] - 1)
            assert prev <= complete, f"a hole after {complete} before {frame['message']['seq']}"
            complete = max(complete, frame["message"]["seq"])


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.01)
