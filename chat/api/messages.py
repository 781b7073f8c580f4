"""Messages over HTTP: pages of a room, changes since a number, single ones, posting, editing, deleting, reactions."""

from typing import Annotated, Any, cast

import msgspec

from chat import database, history
from chat.actions.attention.read_positions import Position
from chat.actions.edits import delete_message, edit_message
from chat.actions.pins import pin_message
from chat.actions.reactions import react
from chat.api.admission import Access, Call
from chat.api.resource import Created, operation
from chat.api.rooms import slug_in_path
from chat.dispatch.table import move_read_position, post
from chat.errors import Invalid, NotFound
from chat.models import User
from chat.protocol import commands
from chat.protocol.commands import LARGEST_ID, ClientId, MessageId, Seq
from chat.protocol.objects import CardObject, MessageObject, PageObject, RevisionObject

IDEMPOTENCY_KEY = "Idempotency-Key"


class HistoryQuery(msgspec.Struct):
    """At most one of `before`, `after` and `around`, all message ids; without any, the newest page."""

    before: MessageId | None = None
    after: MessageId | None = None
    around: MessageId | None = None
    thread: MessageId | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=history.PAGE_MOST)] = history.NEWEST_PAGE


class ChangesQuery(msgspec.Struct):
    """`since` is the number that the client is complete to, `epoch` the history that it belongs to."""

    since: Seq | None = None
    epoch: str | None = None


class IdsQuery(msgspec.Struct):
    """Message ids, separated by commas, at most 100."""

    ids: str


class NewMessage(msgspec.Struct):
    """`client_id`, or the header Idempotency-Key in its place, makes the message be accepted once for ever."""

    text: str
    client_id: ClientId | None = None
    reply_to: MessageId | None = None
    thread: MessageId | None = None
    attachments: list[Any] | None = None


class NewText(msgspec.Struct):
    """`seq` is the number that the editor knew: Conflict when the text has changed since."""

    text: str
    seq: Seq | None = None


class ReadUpTo(msgspec.Struct):
    message_id: MessageId


class Sent(msgspec.Struct):
    """What the first request with this client id got too: the message, and the number of its creation."""

    message_id: int
    seq: int
    duplicate: bool


class MessageList(msgspec.Struct):
    """Ascending by id; what the reader may not see is left out."""

    messages: list[MessageObject]
    cards: list[CardObject] = []


class RevisionList(msgspec.Struct):
    """What the message said before, oldest first."""

    revisions: list[RevisionObject]


@operation("GET", Access.READER)
async def list_messages(call: Call, slug: str, query: HistoryQuery) -> history.HistoryPage:
    """A page of a room's messages, ascending by id: those in no thread, or with `thread` the replies to that one."""
    slug = slug_in_path(slug)
    bounds = {"thread": query.thread, "before": query.before, "after": query.after, "around": query.around}
    body = await database.call(history.page_as_json, call.user, slug, **bounds, limit=query.limit)
    # Encoded already, and put into the answer as it is.
    return cast(history.HistoryPage, msgspec.Raw(body))


@operation(
    "POST",
    bucket="send",
    headers={IDEMPOTENCY_KEY: "The message's client_id: a repetition gets the first answer, for ever."},
)
async def post_message(call: Call, slug: str, body: NewMessage) -> Sent | Created[Sent]:
    """Send a message: 201, or 200 for a repetition of one that was sent before."""
    fields = msgspec.structs.asdict(body) | {"client_id": _client_id(call, body)}
    posted = await post(call.person, slug_in_path(slug), commands.Send(**fields))
    sent = Sent(posted.message_id, posted.seq, posted.duplicate)
    return sent if sent.duplicate else Created(sent)


@operation("GET", Access.READER)
async def list_changes(call: Call, slug: str, query: ChangesQuery) -> PageObject:
    """What changed in a room since a number: the `sync` of the socket."""
    slug = slug_in_path(slug)
    return await database.call(history.sync, call.user, slug, query.since, query.epoch)


@operation("GET", Access.READER)
async def list_messages_by_id(call: Call, query: IdsQuery) -> MessageList:
    """Several messages at once, wherever they are."""
    messages = await database.call(history.messages_by_id, call.user, _ids(query.ids))
    return MessageList(messages, await database.call(history.bodies_for, call.user, messages))


@operation("GET", Access.READER)
async def read_message(call: Call, message_id: int) -> MessageObject:
    """One message as it now is."""
    return await database.call(history.message_for, call.user, _id_in_path(message_id))


@operation("PATCH")
async def change_message(call: Call, message_id: int, body: NewText) -> MessageObject:
    """Replace the text of one's own message; the same text changes nothing."""
    message_id = _id_in_path(message_id)
    await database.write(edit_message, call.person, message_id, body.text, body.seq)
    return await database.call(history.message_for, call.person, message_id)


@operation("DELETE")
async def remove_message(call: Call, message_id: int) -> MessageObject:
    """Delete a message, one's own or as a moderator anybody's; the answer is what is left of it."""
    message_id = _id_in_path(message_id)
    await database.write(delete_message, call.person, message_id)
    return await database.call(history.message_for, call.person, message_id)


@operation("PUT")
async def add_reaction(call: Call, message_id: int, emoji: str) -> MessageObject:
    """React with an emoji."""
    return await _react(call.person, _id_in_path(message_id), emoji, True)


@operation("DELETE")
async def remove_reaction(call: Call, message_id: int, emoji: str) -> MessageObject:
    """Take one's own reaction back."""
    return await _react(call.person, _id_in_path(message_id), emoji, False)


@operation("PUT")
async def pin(call: Call, message_id: int) -> MessageObject:
    """Pin a message: moderators and owners."""
    return await _pin(call.person, _id_in_path(message_id), True)


@operation("DELETE")
async def unpin(call: Call, message_id: int) -> MessageObject:
    """Take a message off the pinned ones."""
    return await _pin(call.person, _id_in_path(message_id), False)


@operation("GET", Access.READER)
async def list_pinned(call: Call, slug: str) -> MessageList:
    """The pinned messages of a room, at most 100."""
    messages = await database.call(history.pinned, call.user, slug_in_path(slug))
    return MessageList(messages, await database.call(history.bodies_for, call.user, messages))


@operation("POST")
async def mark_read(call: Call, slug: str, body: ReadUpTo) -> Position:
    """Have read up to a message; the position only moves forward."""
    return await move_read_position(call.person, slug_in_path(slug), body.message_id)


@operation("POST")
async def mark_unread(call: Call, slug: str, body: ReadUpTo) -> Position:
    """Be unread from this message on."""
    return await move_read_position(call.person, slug_in_path(slug), body.message_id, back=True)


@operation("GET")
async def list_revisions(call: Call, message_id: int) -> RevisionList:
    """What a message said before it was edited: for its author and for staff."""
    found = await database.call(history.revisions_of, call.person, _id_in_path(message_id))
    return RevisionList(found)


async def _pin(user: User, message_id: int, on: bool) -> MessageObject:
    await database.write(pin_message, user, message_id, on)
    return await database.call(history.message_for, user, message_id)


async def _react(user: User, message_id: int, emoji: str, on: bool) -> MessageObject:
    await database.write(react, user, message_id, emoji, on)
    return await database.call(history.message_for, user, message_id)


def _client_id(call: Call, body: NewMessage) -> str | None:
    """The header's, else the body's; both must agree."""
    header = call.request.headers.get(IDEMPOTENCY_KEY)
    if header is None:
        return body.client_id
    try:
        # Django reads headers as Latin-1; what the socket takes as text, programs send here as UTF-8.
        client_id = msgspec.convert(header.encode("latin-1").decode(), ClientId)
    except (UnicodeError, msgspec.ValidationError):
        raise Invalid("Idempotency-Key has 1 to 128 characters.", field="client_id") from None
    if body.client_id not in (None, client_id):
        raise Invalid("Idempotency-Key and client_id differ.", field="client_id")
    return client_id


def _id_in_path(message_id: int) -> int:
    if not 1 <= message_id <= LARGEST_ID:
        raise NotFound("There is no such message.", field="message_id")
    return message_id


def _ids(text: str) -> list[int]:
    words = text.split(",")
    if len(words) > history.PAGE_MOST:
        raise Invalid(f"At most {history.PAGE_MOST} messages at once.", field="ids")
    if not all(word.isascii() and word.isdigit() and 1 <= int(word) <= LARGEST_ID for word in words):
        raise Invalid("ids are message ids, separated by commas.", field="ids")
    return [int(word) for word in words]
