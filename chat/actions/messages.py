"""Posting: many messages of many people in one transaction, each accepted once for ever."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils import timezone

from chat import links
from chat.actions import cards
from chat.actions.attention import mentions
from chat.actions.attention.notifications import follow_threads, notify_of_new
from chat.actions.log import check_not_archived, count_replies
from chat.broadcast import publish_created
from chat.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from chat.limits import check_characters, check_text, is_storable
from chat.markdown import Rendered, render
from chat.models import Message, Room
from chat.models.message import CLIENT_ID_CHARS
from chat.models.posting import Asked, Author, First, Found, NewText, Place, insert, look_up
from chat.payloads import new_text_objects
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
        batch.judge()
        batch.insert()
    return batch.outcomes()


class _Batch:
    """A list of drafts on their way: each is refused, found sent before, or taken in."""

    def __init__(self, drafts: list[Draft]) -> None:
        self._drafts = drafts
        self._refused: dict[int, ChatError] = {}
        self._rendered: dict[int, Rendered] = {}
        self._taken: dict[int, NewText] = {}
        # What the few that link to something beyond the chat link to.
        self._linked: dict[int, object] = {}
        self._repeats: dict[int, NewText | First] = {}
        # By author and client id: what this batch itself takes in.
        self._named: dict[tuple[int, str], NewText] = {}
        self._targets: dict[int, Message] = {}
        for index, draft in enumerate(drafts):
            self._prepare(index, draft)

    def _prepare(self, index: int, draft: Draft) -> None:
        """What needs no database happens before the transaction begins."""
        try:
            check_text(draft.text)
            _check_client_id(draft.client_id)
            if not is_storable(draft.room):
                raise NotFound("There is no such room.", field="room")
            self._rendered[index] = rendered = render(draft.text)
            if (linked := links.find(draft.text, rendered.html)) is not None:
                self._linked[index] = linked
        except ChatError as error:
            self._refused[index] = error

    def judge(self) -> None:
        """Lock the rooms, read what the checks need, and decide about each draft in its turn."""
        ready = [(index, self._drafts[index]) for index in self._rendered]
        found = look_up([Asked(draft.room, draft.user_id, draft.client_id) for _, draft in ready])
        self._load_targets([draft for _, draft in ready])
        for (index, draft), known in zip(ready, found, strict=True):
            try:
                self._judge(index, draft, known)
            except ChatError as error:
                self._refused[index] = error

    def _load_targets(self, drafts: Sequence[Draft]) -> None:
        """What is replied to. Most messages are no replies, and then nothing is asked."""
        ids = {target for draft in drafts for target in (draft.reply_to, draft.thread) if target is not None}
        if ids:
            self._targets = Message.objects.only("room_id", "thread_id").in_bulk(ids)

    def _judge(self, index: int, draft: Draft, known: Found) -> None:
        digest = _digest(draft) if draft.client_id is not None else ""
        first = known.first or self._named.get((draft.user_id, draft.client_id or ""))
        if first is None:
            self._take_in(index, draft, known, digest)
        elif first.digest and first.digest != digest:
            raise Conflict("This client_id was used for another message.", field="client_id")
        else:
            # A deletion clears the digest, and then a repeat is always a duplicate.
            self._repeats[index] = first

    def _take_in(self, index: int, draft: Draft, known: Found, digest: str) -> None:
        place, author = _allowed(known)
        self._target(place, draft.reply_to, "reply_to")
        root = self._target(place, draft.thread, "thread")
        rendered = self._rendered[index]
        called, names = mentions.resolve(place, author, rendered.names)
        self._taken[index] = new = NewText(
            place=place,
            author=author,
            text=draft.text,
            html=rendered.calling(names),
            client_id=draft.client_id,
            digest=digest,
            mentions=called,
            reply_to_id=draft.reply_to,
            # A reply to a reply joins its root.
            thread_id=(root.thread_id or root.pk) if root else None,
        )
        if draft.client_id is not None:
            self._named[draft.user_id, draft.client_id] = new

    def _target(self, place: Place, message_id: int | None, field: str) -> Message | None:
        target = self._targets.get(message_id) if message_id is not None else None
        if message_id is not None and (target is None or target.room_id != place.pk):
            raise NotFound("There is no such message in this room.", field=field)
        return target

    def insert(self) -> None:
        """Number and write what is taken in, and have everybody told after the commit."""
        if not self._taken:
            return
        at = timezone.now()
        linked = [
            (self._taken[index], found) for index, found in self._linked.items() if index in self._taken
        ]
        cards.give(linked)
        news = [*self._taken.values()]
        insert(news, at)
        cards.keep([new for new, _ in linked])
        rooms = [new.place.pk for new in news]
        publish_created(zip(rooms, new_text_objects(news, at), strict=True))
        concerning: dict[int, list[Message]] = defaultdict(list)
        for new in news:
            if new.concerns_somebody:
                concerning[new.place.pk].append(new.as_message(at))
        for room_id in sorted(concerning):
            _tell_concerned(room_id, concerning[room_id])

    def outcomes(self) -> list[Posted | ChatError]:
        return [self._outcome(index) for index in range(len(self._drafts))]

    def _outcome(self, index: int) -> Posted | ChatError:
        if (new := self._taken.get(index)) is not None:
            return Posted(new.pk, new.first_seq, duplicate=False)
        if (error := self._refused.get(index)) is not None:
            return error
        first = self._repeats[index]
        return Posted(first.pk, first.first_seq, duplicate=True)


def _allowed(known: Found) -> tuple[Place, Author]:
    """The draft's room and author, if the one may write in the other."""
    place, author = known.place, known.author
    if place is None or not can_see(author, place, known.role, banned=known.banned):
        raise NotFound("There is no such room.", field="room")
    if author is None or not can_write(author, place, known.role):
        raise Forbidden("You may read this room, not write in it.", field="room")
    check_not_archived(place)
    return place, author


def _tell_concerned(room_id: int, messages: Sequence[Message]) -> None:
    """Of what calls or answers somebody, or is said to somebody alone, they are told; roots count their replies."""
    room = Room.objects.get(pk=room_id)
    mentions.keep(messages)
    if replies := [message for message in messages if message.thread_id is not None]:
        count_replies(room, replies)
        follow_threads(replies)
    notify_of_new(room, messages)


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
