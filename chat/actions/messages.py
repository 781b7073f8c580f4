"""Posting: many messages of many people in one transaction, each accepted once for ever."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils import timezone

from chat.actions.attention import mentions
from chat.actions.attention.notifications import follow_threads, notify_of_new
from chat.actions.log import add_messages, check_not_archived, count_replies
from chat.broadcast import publish_created
from chat.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from chat.limits import check_characters, check_text, is_storable
from chat.markdown import Rendered, render
from chat.models import Ban, Membership, Message, Room, User
from chat.models.message import CLIENT_ID_CHARS
from chat.payloads import message_object
from chat.permissions import can_see, can_write


class Draft(msgspec.Struct):
    """A message that somebody wants to send. With a `client_id` it is accepted once for ever."""

    user_id: int
    room: str
    text: str
    client_id: str | None = None
    reply_to: int | None = None
    thread: int | None = None


class Posted(msgspec.Struct):
    """What a send is answered with: `seq` is the number of the message's creation."""

    message_id: int
    seq: int
    duplicate: bool


def post_message(draft: Draft) -> Posted:
    """Post one message; raises the ChatError that refused it."""
    [outcome] = post_messages([draft])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def post_messages(drafts: list[Draft]) -> list[Posted | ChatError]:
    """Post in the order given, in one transaction; each draft gets its own answer, in the same order.

    A refused draft takes no number. A draft that repeats a `client_id` of its author gets the first one's answer.
    """
    batch = _Batch(drafts)
    with transaction.atomic():
        batch.load()
        for index in range(len(drafts)):
            batch.judge(index)
        batch.insert()
    return batch.outcomes()


class _Batch:
    """The rows that a list of drafts needs, each kind read in one query."""

    def __init__(self, drafts: list[Draft]) -> None:
        self._drafts = drafts
        self._refused: dict[int, ChatError] = {}
        self._rendered: dict[int, Rendered] = {}
        self._made: dict[int, Message] = {}
        self._repeats: dict[int, Message] = {}
        for index, draft in enumerate(drafts):
            self._prepare(index, draft)

    def _prepare(self, index: int, draft: Draft) -> None:
        """What needs no database happens before the transaction begins."""
        try:
            check_text(draft.text)
            _check_client_id(draft.client_id)
            self._rendered[index] = render(draft.text)
        except ChatError as error:
            self._refused[index] = error

    def load(self) -> None:
        """Lock the rooms, ascending by id, then read what the checks need."""
        drafts = [draft for index, draft in enumerate(self._drafts) if index not in self._refused]
        slugs = {draft.room for draft in drafts if is_storable(draft.room)}
        rooms = Room.objects.select_for_update().filter(slug__in=slugs).order_by("id")
        self._rooms = {room.slug: room for room in rooms}
        self._users = User.objects.in_bulk({draft.user_id for draft in drafts})
        memberships = Membership.objects.filter(user__in=self._users, room__in=self._rooms.values())
        self._memberships = {(found.room_id, found.user_id): found for found in memberships}
        bans = Ban.objects.filter(user__in=self._users, room__in=self._rooms.values())
        self._banned = set(bans.values_list("room_id", "user_id"))
        self._sent = self._sent_before(drafts)
        targets = {
            target for draft in drafts for target in (draft.reply_to, draft.thread) if target is not None
        }
        self._targets = Message.objects.only("room_id", "thread_id", "author_id").in_bulk(targets)

    def _sent_before(self, drafts: Sequence[Draft]) -> dict[tuple[int, str], Message]:
        ids = {draft.client_id for draft in drafts if draft.client_id is not None}
        authors = {draft.user_id for draft in drafts if draft.client_id is not None}
        found = Message.objects.filter(author__in=authors, client_id__in=ids) if ids else []
        return {(message.author_id, message.client_id or ""): message for message in found}

    def judge(self, index: int) -> None:
        """Refuse the draft, find it sent before, or make its message."""
        draft = self._drafts[index]
        if index in self._refused:
            return
        try:
            if not self._is_repeat(index, draft):
                self._made[index] = self._message(index, draft)
        except ChatError as error:
            self._refused[index] = error

    def _is_repeat(self, index: int, draft: Draft) -> bool:
        if draft.client_id is None:
            return False
        first = self._sent.get((draft.user_id, draft.client_id))
        if first is None:
            return False
        # A deletion clears the digest, and then a repeat is always a duplicate.
        if first.digest and first.digest != _digest(draft):
            raise Conflict("This client_id was used for another message.", field="client_id")
        self._repeats[index] = first
        return True

    def _message(self, index: int, draft: Draft) -> Message:
        room, author, rendered = self._room(draft), self._users[draft.user_id], self._rendered[index]
        self._target(room, draft.reply_to, "reply_to")
        root = self._target(room, draft.thread, "thread")
        called, names = mentions.resolve(room, author, rendered.names)
        message = Message(
            room=room,
            author=author,
            client_id=draft.client_id,
            digest=_digest(draft) if draft.client_id else "",
            text=draft.text,
            html=rendered.calling(names),
            mentions=called,
            reply_to_id=draft.reply_to,
            # A reply to a reply joins its root.
            thread_id=(root.thread_id or root.pk) if root else None,
            at=timezone.now(),
        )
        if draft.client_id is not None:
            self._sent[draft.user_id, draft.client_id] = message
        return message

    def _target(self, room: Room, message_id: int | None, field: str) -> Message | None:
        target = self._targets.get(message_id) if message_id is not None else None
        if message_id is not None and (target is None or target.room_id != room.pk):
            raise NotFound("There is no such message in this room.", field=field)
        return target

    def _room(self, draft: Draft) -> Room:
        """The draft's room, if its author may write there."""
        room, user = self._rooms.get(draft.room), self._users.get(draft.user_id)
        membership = self._memberships.get((room.pk, draft.user_id)) if room else None
        banned = room is not None and (room.pk, draft.user_id) in self._banned
        if room is None or not can_see(user, room, membership, banned=banned):
            raise NotFound("There is no such room.", field="room")
        if not can_write(user, room, membership):
            raise Forbidden("You may read this room, not write in it.", field="room")
        check_not_archived(room)
        return room

    def insert(self) -> None:
        by_room: dict[str, list[Message]] = defaultdict(list)
        for message in self._made.values():
            by_room[message.room.slug].append(message)
        for slug in sorted(by_room):
            room = self._rooms[slug]
            add_messages(room, by_room[slug])
            publish_created(room.pk, [message_object(message, slug, []) for message in by_room[slug]])
            mentions.keep(by_room[slug])
            replies = [message for message in by_room[slug] if message.thread_id is not None]
            if replies:
                count_replies(room, replies)
                follow_threads(replies)
            notify_of_new(room, by_room[slug])

    def outcomes(self) -> list[Posted | ChatError]:
        return [self._outcome(index) for index in range(len(self._drafts))]

    def _outcome(self, index: int) -> Posted | ChatError:
        if (error := self._refused.get(index)) is not None:
            return error
        message = self._made.get(index) or self._repeats[index]
        return Posted(message.pk, message.first_seq, duplicate=index not in self._made)


def _check_client_id(client_id: str | None) -> None:
    if client_id is None:
        return
    if not 1 <= len(client_id) <= CLIENT_ID_CHARS:
        raise Invalid(f"A client_id has 1 to {CLIENT_ID_CHARS} characters.", field="client_id")
    check_characters(client_id, "client_id")


def _digest(draft: Draft) -> str:
    """Fingerprint of what a client id stands for. The empty list stands for attachments."""
    content = msgspec.json.encode([draft.room, draft.text, draft.reply_to, draft.thread, []])
    return hashlib.sha256(content).hexdigest()
