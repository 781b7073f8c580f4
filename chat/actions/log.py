"""Numbers and log rows: every change of a message takes the room's next one, in the change's own transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils import timezone
from msgspec import to_builtins

from chat.broadcast import publish_changed, publish_created
from chat.errors import Archived, NotFound
from chat.models import Change, Membership, Message, Room, User
from chat.models.posting import Place
from chat.models.room import RoomQuerySet
from chat.payloads import message_object, reaction_objects, reaction_rows, user_object
from chat.protocol.objects import MessageObject


def lock_room(user: User | None, slug: str, *, as_operator: bool = False) -> Room:
    """The room, locked until the transaction ends; raises NotFound alike for hidden and missing.

    `as_operator`: the one who acts was let in by the admin, and finds every room.
    """
    rooms = Room.objects.all() if as_operator else Room.objects.visible_to(user)
    room = _locked(rooms.with_slug(slug))
    if room is None:
        raise NotFound("There is no such room.", field="room")
    return room


def lock_message(rooms: RoomQuerySet, message_id: int) -> tuple[Room, Message]:
    """A message with its room locked; raises NotFound alike for missing and for in none of the `rooms`."""
    room = _locked(rooms.filter(pk__in=Message.objects.filter(pk=message_id).values("room_id")))
    if room is None:
        raise NotFound("There is no such message.", field="message_id")
    return room, Message.objects.select_related("author").get(pk=message_id)


def _locked(rooms: RoomQuerySet) -> Room | None:
    """The one room of these, which the lock was waited for: whoever was put out meanwhile finds it no more.

    PostgreSQL looks at the locked row anew, but at memberships and bans as they were when the statement began.
    """
    room = rooms.select_for_update().first()
    return room if room is not None and rooms.filter(pk=room.pk).exists() else None


def check_not_archived(room: Room | Place) -> None:
    if room.archived:
        raise Archived("This room is archived: it can be read, not changed.", field="room")


def count_replies(room: Room, replies: Sequence[Message]) -> None:
    """Count new replies, or deleted ones, at their roots. A root takes one number, however many there are at once.

    Counted up and down in the locked room: in a long thread to count them all would cost more than the reply.
    """
    added = Counter(reply.thread_id for reply in replies if not reply.deleted)
    taken = Counter(reply.thread_id for reply in replies if reply.deleted)
    for root in Message.objects.filter(pk__in={*added, *taken}).select_related("author"):
        root.replies += added[root.pk] - taken[root.pk]
        thread = Message.objects.filter(thread=root, deleted=False)
        root.last_reply_at = thread.order_by("-id").values_list("at", flat=True).first()
        log_change(room, root, Change.Kind.REPLY)


def log_change(room: Room, message: Message, kind: Change.Kind) -> None:
    """Give a message of a locked room the next number and save it; its new payload is published on commit."""
    room.seq += 1
    message.seq = room.seq
    Room.objects.filter(pk=room.pk).update(seq=room.seq)
    message.save()
    Change.objects.create(room=room, seq=room.seq, message=message, kind=kind)
    publish_changed(room.pk, _payload(room, message))


def log_changes(room: Room, messages: Sequence[Message], kind: Change.Kind) -> None:
    """The same for many messages at once, of which all but the number is saved already."""
    for message in messages:
        room.seq += 1
        message.seq = room.seq
    Room.objects.filter(pk=room.pk).update(seq=room.seq)
    Message.objects.bulk_update(messages, ["seq"])
    Change.objects.bulk_create(
        Change(room=room, seq=message.seq, message=message, kind=kind) for message in messages
    )
    reactions = reaction_objects(reaction_rows([message.pk for message in messages]))
    for message in messages:
        publish_changed(room.pk, message_object(message, room.slug, reactions.get(message.pk, [])))


def post_system_message(
    room: Room, name: str, user: User, by: User, details: Mapping[str, str] | None = None
) -> MessageObject:
    """Record in a locked room what `by` did to `user`; it has its place and number like any message.

    `details` are more fields of the event, such as `from` and `to`.
    """
    event = {"name": name, "user": to_builtins(user_object(user)), "by": to_builtins(user_object(by))}
    event.update(details or {})
    room.seq += 1
    Room.objects.filter(pk=room.pk).update(seq=room.seq)
    message = Message.objects.create(
        room=room,
        seq=room.seq,
        first_seq=room.seq,
        text_seq=room.seq,
        author=by,
        kind=Message.Kind.SYSTEM,
        event=event,
        at=timezone.now(),
    )
    Change.objects.create(room=room, seq=room.seq, message=message, kind=Change.Kind.CREATE)
    payload = message_object(message, room.slug, [])
    publish_created([(room.pk, payload)])
    return payload


def membership_in(room: Room, user: User) -> Membership | None:
    return Membership.objects.filter(room=room, user=user).first()


def _payload(room: Room, message: Message) -> MessageObject:
    reactions = reaction_objects(reaction_rows([message.pk]))
    return message_object(message, room.slug, reactions.get(message.pk, []))
