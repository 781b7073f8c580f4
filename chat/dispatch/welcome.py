"""The first moments of a connection: who it is, `hello`, and the room of its URL."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from django.conf import settings

from chat import database, history, hub
from chat.actions.accounts import create_guest
from chat.actions.rooms import normal_slug, room_on_demand
from chat.dispatch.connection import Connection
from chat.dispatch.table import FirstFrame, subscribe
from chat.errors import ChatError, Invalid, NotFound, Unauthenticated
from chat.hub import HEARTBEAT_SECONDS
from chat.limits import FRAME_BYTES, MESSAGE_CHARS, USER_SOCKETS, check_cap, take
from chat.payloads import now, user_object
from chat.protocol.closes import Close
from chat.protocol.codec import encode
from chat.protocol.commands import LARGEST_ID
from chat.protocol.events import Hello, Limits, Subscribed


async def welcome(connection: Connection, room: str | None, query_string: bytes) -> None:
    """Greet, and subscribe to the room of the URL; raises the ChatError for which the connection must close.

    The query may hold `name` (of a guest), `since` and `epoch` (to resume).
    """
    query = {name: values[-1] for name, values in parse_qs(query_string.decode("latin-1")).items()}
    refusal: ChatError | None = None
    token: str | None = None
    try:
        token = await _identify(connection, query.get("name"))
    except ChatError as error:
        refusal = error
    await _say_hello(connection, token)
    if refusal is not None:
        raise refusal
    local = await hub.current()
    check_cap(local.open_for(connection.user_id), USER_SOCKETS, "connections of yours")
    local.register(connection)
    if local.draining:
        connection.close(Close.RESTARTING, "The server restarts.")
    elif room is not None:
        await _enter(connection, normal_slug(room), query)


async def _identify(connection: Connection, name: str | None) -> str | None:
    """Make a guest of nobody where guests may come, and return the token by which it stays itself."""
    visitor = connection.visitor
    if visitor.refused is not None:
        raise visitor.refused
    if visitor.user is not None:
        return None
    if settings.CHAT_GUESTS == "off":
        raise Unauthenticated("Sign in first.")
    take("guest", visitor.address)
    guest, token = await database.write(create_guest, name)
    connection.become(guest)
    return token


async def _say_hello(connection: Connection, guest_token: str | None) -> None:
    epoch = await (await hub.current()).epoch.told()
    if connection.plain:
        return
    user = connection.visitor.user
    hello = Hello(
        epoch=epoch,
        user=user_object(user) if user else None,
        guest_token=guest_token,
        heartbeat=HEARTBEAT_SECONDS,
        limits=Limits(MESSAGE_CHARS, FRAME_BYTES),
        server_time=now(),
    )
    connection.deliver(encode(hello))


async def _enter(connection: Connection, slug: str, query: Mapping[str, str]) -> None:
    """Subscribe to the URL's room, made on demand where that is allowed."""
    connection.default_room = slug
    since = _since(query.get("since"))
    epoch, event = query.get("epoch"), _event(connection)
    try:
        await subscribe(connection, slug, since, epoch, event)
    except NotFound:
        if not settings.CHAT_ROOMS_ON_DEMAND:
            raise
        # Somebody else may have made it since we looked; a room that is hidden from this person is refused again.
        if not await database.call(history.room_exists, slug):
            take("room_on_demand", connection.visitor.address)
            await database.write(room_on_demand, slug)
        await subscribe(connection, slug, since, epoch, event)


def _event(connection: Connection) -> FirstFrame:
    """The plain dialect hears of no page."""

    def frame(subscribed: Subscribed) -> str | None:
        return None if connection.plain else encode(subscribed)

    return frame


def _since(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST_ID:
        raise Invalid("since is a number that the server gave.", field="since")
    return int(text)
