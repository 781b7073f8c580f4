"""The table of commands: each struct of the protocol is carried out by one short function here."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import get_args

import msgspec

from chat import database, history, hub, metrics
from chat.actions.attention.read_positions import Move, Position, move_all
from chat.actions.audit import coming_from
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, Posted, post_messages
from chat.actions.pins import pin_message
from chat.actions.reactions import react
from chat.actions.rooms import normal_slug
from chat.actions.typing import announce_typing
from chat.dispatch.connection import Connection
from chat.dispatch.words import answer_to
from chat.errors import ChatError, Invalid, NotFound, Unauthenticated, as_chat_error
from chat.limits import TYPING_INTERVAL_SECONDS, take
from chat.logs import about
from chat.models import User
from chat.payloads import now
from chat.protocol import commands
from chat.protocol.codec import encode
from chat.protocol.events import (
    Error,
    Frame,
    Ok,
    PageOk,
    PongOk,
    ReadOk,
    Result,
    SentOk,
    SeqOk,
    SlashOk,
    Subscribed,
    SubscribedOk,
    UnreadOk,
)

# Every post of this process goes through here, from the socket and the JSON API alike.
posts = database.Batch(post_messages)
# Everybody in a room moves at each message, so moves are batched too.
moves = database.Batch(move_all)


# What a subscriber is told first: the frame to send, or None for silence.
FirstFrame = Callable[[Subscribed], str | None]


def begin(connection: Connection, command: commands.AnyCommand) -> None:
    """Do what the command says and answer it once, if it has an id. It is begun before this returns; raises nothing.

    A `send` takes the short way: no task, and no context of its own but for a fault's line in the log.
    """
    if isinstance(command, commands.Send):
        connection.work.begin()
        answer = partial(_answer_send, connection, command)
        try:
            take("send", connection.payer)
            posts.submit(_draft(_user(connection), _slug(connection, command), command), answer)
        except Exception as error:
            with _about(connection, command):
                answer(as_chat_error(error))
    else:
        connection.work.start(_carry_out(connection, command))


def _answer_send(connection: Connection, command: commands.Send, outcome: Posted | ChatError) -> None:
    connection.work.done()
    if isinstance(outcome, ChatError):
        _answer(connection, command, error_frame(outcome, command.id))
    else:
        _answer(connection, command, _sent(command, outcome))


async def _carry_out(connection: Connection, command: commands.AnyCommand) -> None:
    with _about(connection, command):
        try:
            _pay(connection, command)
            with coming_from("socket", connection.visitor.address):
                reply = await _table[type(command)](connection, command)
        except Exception as error:
            reply = error_frame(as_chat_error(error), command.id)
    _answer(connection, command, reply)


def _about(connection: Connection, command: commands.AnyCommand) -> about:
    kind = _names[type(command)]
    return about(command=kind, user=connection.user_id, room=partial(_room_of, connection, command))


def _pay(connection: Connection, command: commands.AnyCommand) -> None:
    take("send" if isinstance(command, commands.Slash) else "command", connection.payer)


def _answer(connection: Connection, command: commands.AnyCommand, reply: Frame | None) -> None:
    metrics.count_command(_names[type(command)], reply.code if isinstance(reply, Error) else "ok")
    if reply is not None and (command.id is not None or isinstance(reply, Error)):
        connection.deliver(encode(reply))


def error_frame(error: ChatError, command_id: str | None) -> Error:
    return Error(
        id=command_id,
        code=error.code,
        detail=error.detail,
        retryable=error.retryable,
        retry_after=error.retry_after,
        field=error.field,
    )


async def subscribe(
    connection: Connection, slug: str, since: int | None, epoch: str | None, frame: FirstFrame
) -> None:
    """Join the room's feed, then read, then send `frame(subscribed)` with what came meanwhile behind it."""
    user = connection.visitor.user
    async with connection.subscribing:
        room = await database.call(history.visible_room, user, slug)
        was_subscribed, local = room.pk in connection.rooms, await hub.current()
        feed = await local.subscribe(connection, room.pk, room.slug)
        try:
            found = await database.call(history.snapshot, user, room.slug, since, epoch)
        except ChatError:
            if was_subscribed:
                feed.reopen(connection)
            else:
                local.unsubscribe(connection, room.pk)
            raise
        page = found.page
        subscribed = Subscribed(
            room=found.room, online=local.presence.online(room.pk), **msgspec.structs.asdict(page)
        )
        if not feed.open(connection, frame(subscribed), page.seq, found.room.seq):
            raise NotFound("There is no such room.", field="room")


async def post(user: User, slug: str, command: commands.Send) -> Posted:
    """Send what the command says to the room, in one batch with everybody's; the JSON API's way in."""
    return await posts.put(_draft(user, slug, command))


async def obey(user: User, slug: str, text: str, thread: int | None) -> Result | Posted:
    """Do what `/word …` says, and post what it says aloud; the JSON API's way in too."""
    answer = await answer_to(user, slug, text)
    if isinstance(answer, Result):
        return answer
    return await post(user, slug, commands.Send(text=answer.text, thread=thread))


def _draft(user: User, slug: str, command: commands.Send) -> Draft:
    if command.attachments:
        raise Invalid("attachments are not taken yet.", field="attachments")
    return Draft(user.pk, slug, command.text, command.client_id, command.reply_to, command.thread)


async def move_read_position(
    user: User, slug: str, message_id: int, *, back: bool = False, connection: str | None = None
) -> Position:
    """Read up to a message, or with `back` be unread from it; the JSON API's way in too."""
    return await moves.put(Move(user, slug, message_id, back, connection))


async def _subscribe(connection: Connection, command: commands.Subscribe) -> None:
    def frame(subscribed: Subscribed) -> str | None:
        if command.id is None:
            return None
        return encode(SubscribedOk(id=command.id, **msgspec.structs.asdict(subscribed)))

    await subscribe(connection, _slug(connection, command), command.since, command.epoch, frame)


async def _unsubscribe(connection: Connection, command: commands.Unsubscribe) -> Ok:
    slug = _slug(connection, command)
    async with connection.subscribing:
        for room_id, feed in list(connection.rooms.items()):
            if feed.slug == slug:
                (await hub.current()).unsubscribe(connection, room_id)
    return Ok(id=command.id or "")


def _sent(command: commands.Send, posted: Posted) -> SentOk:
    return SentOk(
        id=command.id or "", message_id=posted.message_id, seq=posted.seq, duplicate=posted.duplicate
    )


async def _edit(connection: Connection, command: commands.Edit) -> SeqOk:
    user = _user(connection)
    seq = await database.write(edit_message, user, command.message_id, command.text, command.seq)
    return SeqOk(id=command.id or "", seq=seq)


async def _delete(connection: Connection, command: commands.Delete) -> SeqOk:
    seq = await database.write(delete_message, _user(connection), command.message_id)
    return SeqOk(id=command.id or "", seq=seq)


async def _react(connection: Connection, command: commands.React) -> SeqOk:
    seq = await database.write(react, _user(connection), command.message_id, command.emoji, command.on)
    return SeqOk(id=command.id or "", seq=seq)


async def _pin(connection: Connection, command: commands.Pin) -> SeqOk:
    seq = await database.write(pin_message, _user(connection), command.message_id, command.on)
    return SeqOk(id=command.id or "", seq=seq)


async def _sync(connection: Connection, command: commands.Sync) -> PageOk:
    slug = _slug(connection, command)
    # One page at a time: whoever asks for many and reads none is closed before they are made.
    async with connection.subscribing:
        page = await database.call(history.sync, connection.visitor.user, slug, command.since, command.epoch)
    return PageOk(id=command.id or "", **msgspec.structs.asdict(page))


async def _read(connection: Connection, command: commands.Read) -> ReadOk:
    user, slug = _user(connection), _slug(connection, command)
    at = await move_read_position(user, slug, command.message_id, connection=connection.name)
    return ReadOk(id=command.id or "", read_id=at.read_id, unread=at.unread, mentions=at.mentions)


async def _unread(connection: Connection, command: commands.Unread) -> UnreadOk:
    user, slug = _user(connection), _slug(connection, command)
    at = await move_read_position(user, slug, command.message_id, back=True, connection=connection.name)
    return UnreadOk(id=command.id or "", unread=at.unread, mentions=at.mentions)


async def _slash(connection: Connection, command: commands.Slash) -> SlashOk:
    answer = await obey(_user(connection), _slug(connection, command), command.text, command.thread)
    if isinstance(answer, Result):
        connection.deliver(encode(answer))
        return SlashOk(id=command.id or "")
    return SlashOk(id=command.id or "", message_id=answer.message_id, seq=answer.seq)


async def _typing(connection: Connection, command: commands.Typing) -> Ok:
    user, slug, moment = _user(connection), _slug(connection, command), time.monotonic()
    if moment - connection.typed_at.get(slug, -TYPING_INTERVAL_SECONDS) >= TYPING_INTERVAL_SECONDS:
        await database.call(announce_typing, user, slug, command.thread)
        connection.typed_at[slug] = moment
    return Ok(id=command.id or "")


async def _presence(connection: Connection, command: commands.Presence) -> Ok:
    user, local = _user(connection), await hub.current()
    connection.idle = command.state == "idle"
    local.presence.mark(user.pk)
    return Ok(id=command.id or "")


async def _ping(_connection: Connection, command: commands.Ping) -> PongOk:
    return PongOk(id=command.id or "", server_time=now())


def _slug(connection: Connection, command: commands.RoomCommand) -> str:
    slug = command.room if command.room is not None else connection.default_room
    if slug is None:
        raise Invalid("Name a room: this connection has none of its own.", field="room")
    return normal_slug(slug)


def _room_of(connection: Connection, command: commands.AnyCommand) -> int | None:
    """The id of the command's room, where this connection knows it: what a log may name."""
    slug = getattr(command, "room", None) or connection.default_room
    return next((room_id for room_id, feed in connection.rooms.items() if feed.slug == slug), None)


def _user(connection: Connection) -> User:
    if connection.visitor.user is None:
        raise Unauthenticated("Sign in first.")
    return connection.visitor.user


_table: dict[type, Callable[..., Awaitable[Frame | None]]] = {
    commands.Subscribe: _subscribe,
    commands.Unsubscribe: _unsubscribe,
    commands.Edit: _edit,
    commands.Delete: _delete,
    commands.React: _react,
    commands.Pin: _pin,
    commands.Sync: _sync,
    commands.Read: _read,
    commands.Unread: _unread,
    commands.Slash: _slash,
    commands.Typing: _typing,
    commands.Presence: _presence,
    commands.Ping: _ping,
}
# Asked of the struct itself it would be made anew each time.
_names = {kind: str(kind.__struct_config__.tag) for kind in get_args(commands.AnyCommand)}
