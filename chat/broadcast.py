"""Telling everybody after the commit. Only actions call this; it holds no rule of its own."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from chat import hub
from chat.hub import hints
from chat.models import Message, Room, User
from chat.payloads import room_object, user_object
from chat.protocol.codec import encode
from chat.protocol.events import CardEvent, Notification, ReadEvent, RoomEvent, TypingEvent, UserEvent
from chat.protocol.objects import CardObject, MessageObject

# What a notification shows of its message.
EXCERPT_CHARS = 300


def room_feed(room_id: int) -> str:
    return f"room.{room_id}"


def user_feed(user_id: int) -> str:
    return f"user.{user_id}"


def publish_created(messages: Iterable[tuple[int, MessageObject]]) -> None:
    """New messages with the ids of their rooms, ascending in each; encoded once, here."""
    items = [hints.created(room_id, message) for room_id, message in messages]
    transaction.on_commit(partial(hub.publish_all, items))


def publish_changed(room_id: int, message: MessageObject) -> None:
    """A message whose latest change was just logged."""
    transaction.on_commit(partial(hub.publish, hints.hint_of(room_id, message)))


def publish_room(room: Room) -> None:
    """The room's own fields changed: told after the change in the room that it came with."""
    item = hints.passing(room_feed(room.pk), RoomEvent(room=room_object(room)), after=room.seq)
    transaction.on_commit(partial(hub.publish, item))


def publish_person(user: User) -> None:
    """A person changed: for what their open connections know of them."""
    item = hub.PersonChanged(user.pk, user.name, user.hides_presence)
    transaction.on_commit(partial(hub.publish, item))


def publish_user(user: User, room_ids: Iterable[int]) -> None:
    """What everybody may see of a person changed: told in these rooms."""
    event = UserEvent(user=user_object(user))
    for room_id in room_ids:
        transaction.on_commit(partial(hub.publish, hints.passing(room_feed(room_id), event)))


def publish_notification(room: Room, kind: str, message: Message, user_ids: list[int]) -> None:
    """Tell these members of a message that concerns them; `kind` is mention, direct or reply."""
    text = message.text if len(message.text) <= EXCERPT_CHARS else f"{message.text[: EXCERPT_CHARS - 1]}…"
    event = Notification(kind=kind, room=room.slug, message_id=message.pk, text=text)
    item = hints.passing(room_feed(room.pk), event, only_users=user_ids)
    transaction.on_commit(partial(hub.publish, item))


def publish_read(
    room: Room, user_id: int, read_id: int, unread: int, mentions: int, connection: str | None
) -> None:
    """A read position moved: for the person's other connections."""
    event = ReadEvent(room=room.slug, message_id=read_id, unread=unread, mentions=mentions)
    item = hints.passing(user_feed(user_id), event, except_connection=connection, moved_in=room.pk)
    transaction.on_commit(partial(hub.publish, item))


def publish_card(card: CardObject, room_ids: Iterable[int]) -> None:
    """The body of a card changed that messages of these rooms show, as everybody there may see it."""
    item = hub.CardChanged(card.id, card.version, list(room_ids), encode(CardEvent(card=card)))
    transaction.on_commit(partial(hub.publish, item))


def publish_hidden_card(card_id: int, version: int) -> None:
    """A card changed that not everybody may see: each process asks for its own people, and nobody is told of a body."""
    transaction.on_commit(partial(hub.publish, hub.CardChanged(card_id, version, [])))


def publish_viewer(card_id: int, user_id: int) -> None:
    """Somebody read of a card by this process, and is connected to others: they show what there is for this person."""
    hub.publish(hub.CardChanged(card_id, 0, [], viewer=user_id))


def publish_membership(room: Room, user_id: int) -> None:
    """A person belongs to this room from now on."""
    transaction.on_commit(partial(hub.publish, hub.MembershipsChanged(user_id, gained=room.pk)))


def publish_end_of_membership(room: Room, user_id: int, reason: str) -> None:
    """A person belongs to this room no more; `reason` is what `removed` events say."""
    transaction.on_commit(
        partial(hub.publish, hub.MembershipsChanged(user_id, lost=room.slug, reason=reason))
    )


def publish_typing(room: Room, user: User, thread: int | None = None) -> None:
    """Somebody types; they are not told of it themselves."""
    event = TypingEvent(room=room.slug, user=user_object(user))
    if thread is not None:
        event.thread = thread
    hub.publish(hints.passing(room_feed(room.pk), event, except_user=user.pk))


def publish_sessions(user_id: int, *, ended: str | None = None, renewed: str | None = None) -> None:
    """Have the person's connections checked again everywhere.

    `ended` is a session key that is over, `renewed` one that was exchanged for another in the same browser.
    """
    transaction.on_commit(partial(hub.publish, hub.SessionsChanged(user_id, ended, renewed)))
