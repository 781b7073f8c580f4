"""Telling everybody after the commit. Only actions call this; it holds no rule of its own."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from chat import hub
from chat.hub import hints
from chat.models import Room, User
from chat.payloads import room_object, user_object
from chat.protocol.events import RoomEvent, TypingEvent
from chat.protocol.objects import MessageObject


def room_feed(room_id: int) -> str:
    return f"room.{room_id}"


def publish_created(room_id: int, messages: Iterable[MessageObject]) -> None:
    """New messages, each with its own number; encoded once, here."""
    for message in messages:
        transaction.on_commit(partial(hub.publish, hints.created(room_id, message)))


def publish_changed(room_id: int, message: MessageObject) -> None:
    """A message whose latest change was just logged."""
    transaction.on_commit(partial(hub.publish, hints.hint_of(room_id, message)))


def publish_room(room: Room) -> None:
    """The room's own fields changed."""
    item = hints.passing(room_feed(room.pk), RoomEvent(room=room_object(room)))
    transaction.on_commit(partial(hub.publish, item))


def publish_typing(room: Room, user: User) -> None:
    """Somebody types; they are not told of it themselves."""
    event = TypingEvent(room=room.slug, user=user_object(user))
    hub.publish(hints.passing(room_feed(room.pk), event, except_user=user.pk))


def publish_sessions(user_id: int, *, ended: str | None = None, renewed: str | None = None) -> None:
    """Have the person's connections checked again everywhere.

    `ended` is a session key that is over, `renewed` one that was exchanged for another in the same browser.
    """
    transaction.on_commit(partial(hub.publish, hub.SessionsChanged(user_id, ended, renewed)))
