"""Cards in one process: their changes for those who listen to a room that shows them, and what works beside the hub."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from chat import links
from chat.hub.feed import RoomFeed
from chat.hub.hints import CardChanged
from chat.protocol.codec import encode
from chat.protocol.events import CardEvent
from chat.protocol.objects import CardObject

if TYPE_CHECKING:
    from chat.hub.hub import Connection


class Cards:
    """Implements `chat.links.Watchers` over the hub's own maps: the feeds by room, the connections by person."""

    def __init__(self, feeds: Mapping[int, RoomFeed], connections: Mapping[int, set["Connection"]]) -> None:
        self._feeds = feeds
        self._connections = connections
        self._companions = links.companions(self)

    def start(self) -> None:
        for companion in self._companions:
            companion.start()

    async def stop(self) -> None:
        for companion in self._companions:
            await companion.stop()

    def hear(self, item: CardChanged) -> None:
        """Pass the body on, and let the app know that there is one, or who wants to see it."""
        if item.viewer is not None:
            for companion in self._companions if self.is_here(item.viewer) else ():
                companion.look_for(item.viewer, [item.card_id])
            return
        if item.frame is not None:
            self._send(item.rooms, item.frame)
        for companion in self._companions:
            companion.hear(item.card_id, item.version)

    def rooms(self) -> dict[int, set[int]]:
        return {
            room_id: {one.user_id for one in feed.subscribers if one.user_id is not None}
            for room_id, feed in self._feeds.items()
        }

    def is_here(self, user_id: int) -> bool:
        return user_id in self._connections

    def show(self, room_ids: Iterable[int], card: CardObject) -> None:
        self._send(room_ids, encode(CardEvent(card=card)))

    def show_to(self, user_id: int, card: CardObject) -> None:
        frame = encode(CardEvent(card=card))
        for connection in list(self._connections.get(user_id, ())):
            if not connection.plain:
                connection.deliver(frame)

    def _send(self, room_ids: Iterable[int], frame: str) -> None:
        for room_id in room_ids:
            if (feed := self._feeds.get(room_id)) is not None:
                feed.send(frame, None)
