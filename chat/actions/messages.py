"""Posting: many messages of many people in one transaction, each accepted once for ever."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils import timezone

from chat.actions.log import add_messages, check_not_archived
from chat.broadcast import publish_created
from chat.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from chat.limits import check_characters, check_text, is_storable
from chat.markdown import render
from chat.models import Membership, Message, Room, User
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
        self._html: dict[int, str] = {}
        self._made: dict[int, Message] = {}
        self._repeats: dict[int, Message] = {}
        for index, draft in enumerate(drafts):
            self._prepare(index, draft)

    def _prepare(self, index: int, draft: Draft) -> None:
        """What needs no database happens before the transaction begins."""
        try:
            check_text(draft.text)
            _check_client_id(draft.client_id)
            self._html[index] = render(draft.text)
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
        self._sent = self._sent_before(drafts)
        targets = {draft.reply_to for draft in drafts if draft.reply_to is not None}
        self._targets = dict(Message.objects.filter(pk__in=targets).values_list("pk", "room_id"))

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
        room = self._room(draft)
        if draft.reply_to is not None and self._targets.get(draft.reply_to) != room.pk:
            raise NotFound("There is no such message in this room.", field="reply_to")
        message = Message(
            room=room,
            author=self._users[draft.user_id],
            client_id=draft.client_id,
            digest=_digest(draft) if draft.client_id else "",
            text=draft.text,
            html=self._html[index],
            reply_to_id=draft.reply_to,
            at=timezone.now(),
        )
        if draft.client_id is not None:
            self._sent[draft.user_id, draft.client_id] = message
        return message

    def _room(self, draft: Draft) -> Room:
        """The draft's room, if its author may write there."""
        room, user = self._rooms.get(draft.room), self._users.get(draft.user_id)
        membership = self._memberships.get((room.pk, draft.user_id)) if room else None
        if room is None or not can_see(user, room, membership):
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
    """Fingerprint of what a client id stands for. The empty values are those of threads and attachments."""
    content = msgspec.json.encode([draft.room, draft.text, draft.reply_to, None, []])
    return hashlib.sha256(content).hexdigest()
