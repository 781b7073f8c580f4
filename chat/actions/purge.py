"""Taking away everything that one person wrote: texts become tombstones, their reactions go. In small steps.

Each step is a transaction of its own, so that posts behind it do not wait. Nothing is kept between the steps: what is
left follows from the rows, so whoever was interrupted goes on where they were.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from chat.actions.audit import record
from chat.actions.edits import make_tombstones
from chat.actions.log import log_changes
from chat.models import Change, Message, Reaction, Room, User

# Of one step: about a tenth of a second, which a post behind it hardly notices.
CHANGED_AT_ONCE = 200


class Left(NamedTuple):
    """What there still is by somebody: texts, in so many rooms, and messages of others that they reacted to."""

    messages: int
    rooms: int
    reactions: int

    @property
    def changes(self) -> int:
        """How many messages are still to be changed."""
        return self.messages + self.reactions


def left_of(user: User) -> Left:
    texts = _texts_of(user)
    others = _reacted_to(user).exclude(message__author=user)
    return Left(texts.count(), texts.values("room_id").distinct().count(), others.count())


def delete_some_by(user: User, by: User | None) -> int:
    """One step; returns how many messages it changed, 0 when nothing is left.

    The texts go first, by the rules of a single removal by an operator; then the reactions to what others wrote.
    """
    with transaction.atomic():
        texts = _remove_texts(user)
        if texts:
            record(by, "everything_deleted", user, messages=texts)
            return texts
        reactions = _remove_reactions(user)
        if reactions:
            record(by, "everything_deleted", user, reactions=reactions)
        return reactions


def _remove_texts(user: User) -> int:
    found = list(_texts_of(user).order_by("id").values_list("pk", "thread_id")[:CHANGED_AT_ONCE])
    ids = {pk for pk, _ in found}
    # A message takes one number in a transaction: a reply whose root goes now waits for the next step.
    by_room = _locked([pk for pk, root in found if root not in ids])
    for room, messages in by_room:
        make_tombstones(room, messages)
    return sum(len(messages) for _, messages in by_room)


def _remove_reactions(user: User) -> int:
    by_room = _locked(list(_reacted_to(user)[:CHANGED_AT_ONCE]))
    for room, messages in by_room:
        Reaction.objects.filter(message__in=messages, user=user).delete()
        log_changes(room, messages, Change.Kind.REACT)
    return sum(len(messages) for _, messages in by_room)


def _texts_of(user: User) -> QuerySet[Message]:
    return Message.objects.filter(author=user, kind=Message.Kind.TEXT, deleted=False)


def _reacted_to(user: User) -> QuerySet[Reaction, int]:
    """The ids of messages, each once."""
    reactions = Reaction.objects.filter(user=user).order_by("message_id")
    return reactions.values_list("message_id", flat=True).distinct()


def _locked(ids: Collection[int]) -> list[tuple[Room, list[Message]]]:
    """Those of the messages that are still there, ascending, by rooms, which are locked in their order."""
    messages = Message.objects.filter(pk__in=ids)
    rooms = Room.objects.filter(pk__in=messages.values("room_id")).select_for_update().order_by("pk")
    found = {room.pk: (room, list[Message]()) for room in rooms}
    for message in messages.filter(deleted=False).select_related("author").order_by("id"):
        found[message.room_id][1].append(message)
    return [(room, those) for room, those in found.values() if those]
