"""One socket, as hub and commands see it: who is there, what they listen to, and the way to send and close."""

import asyncio
import secrets

from chat.auth import Visitor
from chat.dispatch.outbox import AsgiSend, Outbox
from chat.dispatch.work import Work
from chat.hub import Credential, RoomFeed, Wire
from chat.models import User
from chat.protocol.closes import Close


class Connection:
    """Implements `chat.hub.Connection` over the wire that our server gives, else over an ASGI send."""

    def __init__(
        self, visitor: Visitor, send: AsgiSend, *, plain: bool, real_closes: bool, wire: Wire | None = None
    ) -> None:
        self.visitor = visitor
        self._count_as(visitor.user)
        self.plain = plain
        self.wire = wire
        # Tells the connections of one person apart.
        self.name = secrets.token_hex(8)
        self.idle = False
        self.rooms: dict[int, RoomFeed] = {}
        # The room of the URL, for commands that name none.
        self.default_room: str | None = None
        # One change of subscriptions at a time, so that an unsubscribe never overtakes its subscribe; and one page.
        self.subscribing = asyncio.Lock()
        # By room slug: when typing was last passed on.
        self.typed_at: dict[str, float] = {}
        self.closed = False
        # Why this side closed it, if it did; when it has ended, the server's own reasons are known too.
        self.close_code: int | None = None
        self._real_closes = real_closes
        self._out: Wire | Outbox = wire or Outbox(send, self._failed)
        self._out.overflowed = self._too_slow
        self.work = Work(wire)

    def become(self, guest: User) -> None:
        """Nobody in particular is a guest from now on."""
        # Not bound to its token: the token's 24 hours are for coming back, not for staying.
        self.visitor.user, self.visitor.credential = guest, Credential(guest.pk)
        self._count_as(guest)

    def _count_as(self, user: User | None) -> None:
        self.user_id: int | None = user.pk if user else None
        # Whose buckets pay: the person's, or for nobody in particular those of their address.
        self.payer: object = self.user_id or self.visitor.address

    @property
    def hidden(self) -> bool:
        return self.visitor.user is None or self.visitor.user.hides_presence

    @property
    def credential(self) -> Credential:
        return self.visitor.credential

    @property
    def pending(self) -> int:
        """What is handed over and not written yet; what a slow reader is judged by."""
        return self._out.pending

    def person_changed(self, name: str, hides_presence: bool) -> None:
        if (user := self.visitor.user) is not None:
            user.name, user.hides_presence = name, hides_presence

    def deliver(self, frame: str) -> None:
        """Send a text frame behind the others; a reader too far behind is closed with 1013."""
        if not self.closed:
            self._out.put(frame)

    def close(self, code: Close, reason: str) -> None:
        """Send the close frame behind what waits; the second call does nothing."""
        if not self.closed:
            self.closed, self.close_code = True, code
            self._out.close(self._real(code), reason)

    def expelled(self, room_id: int) -> None:
        """The right to read a room has ended. The plain dialect knows no other room, so it ends with it."""
        self.rooms.pop(room_id, None)
        if self.plain:
            self.close(Close.FORBIDDEN, "You may not read this room any more.")

    async def settle(self) -> None:
        """Take no more commands, and return when those in flight are answered."""
        await self.work.settle()
        if isinstance(self._out, Outbox):
            await self._out.settle()

    async def end(self) -> None:
        """The socket is gone: nothing more is sent, and what was being done for it is cancelled."""
        self.closed = True
        if self.close_code is None and self.wire is not None:
            self.close_code = self.wire.closed_with
        if isinstance(self._out, Outbox):
            await self._out.end()
        await self.work.end()

    def _too_slow(self) -> None:
        self.close(Close.READER_TOO_SLOW, "You read too slowly; resume from what you have.")

    def _failed(self) -> int:
        """A frame did not go out: the code to close with."""
        self.closed, self.close_code = True, Close.SERVER_ERROR
        return self._real(Close.SERVER_ERROR)

    def _real(self, code: Close) -> int:
        return int(code if self._real_closes else code.plain_server)
