"""Telling members of what concerns them: one notification a person and message, by what each wants to hear."""

from collections.abc import Iterable

from chat.broadcast import publish_notification
from chat.models import Membership, Message, Room, ThreadFollower


def notify_of_new(room: Room, messages: Iterable[Message]) -> None:
    """Tell the members whom these new texts concern: called by name, in a direct room, or answered."""
    for message in messages:
        _tell(room, message, _concerned(room, message))


def notify_of_mentions(room: Room, message: Message, user_ids: list[int]) -> None:
    """Tell those whom an edited text calls for the first time."""
    _tell(room, message, dict.fromkeys(user_ids, "mention"))


def follow_threads(replies: Iterable[Message]) -> None:
    """Whoever replies follows the thread from now on, and so does the author of its root."""
    pairs = {(reply.thread_id, reply.author_id) for reply in replies if reply.thread_id is not None}
    roots = Message.objects.filter(pk__in={root_id for root_id, _ in pairs})
    pairs.update(roots.values_list("pk", "author_id"))
    rows = [ThreadFollower(root_id=root_id, user_id=user_id) for root_id, user_id in sorted(pairs)]
    ThreadFollower.objects.bulk_create(rows, ignore_conflicts=True)


def _concerned(room: Room, message: Message) -> dict[int, str]:
    """The kind of notification by user id; a mention says the most, a reply the least."""
    concerned: dict[int, str] = {}
    if message.thread_id is not None:
        followers = ThreadFollower.objects.filter(root=message.thread_id)
        concerned |= dict.fromkeys(followers.values_list("user_id", flat=True), "reply")
    if message.reply_to_id is not None:
        answered = Message.objects.filter(pk=message.reply_to_id, kind=Message.Kind.TEXT)
        concerned |= dict.fromkeys(answered.values_list("author_id", flat=True), "reply")
    if room.kind == Room.Kind.DIRECT:
        concerned |= dict.fromkeys(room.memberships.values_list("user_id", flat=True), "direct")
    concerned |= dict.fromkeys(message.mentions, "mention")
    concerned.pop(message.author_id, None)
    return concerned


def _tell(room: Room, message: Message, concerned: dict[int, str]) -> None:
    """Only members are told: a text never reaches somebody who has left its room."""
    if not concerned:
        return
    wishes = Membership.objects.filter(room=room, user__in=concerned).values_list("user_id", "notify")
    by_kind: dict[str, list[int]] = {}
    for user_id, notify in wishes:
        kind = concerned[user_id]
        if notify == Membership.Notify.ALL or (notify == Membership.Notify.MENTIONS and kind == "mention"):
            by_kind.setdefault(kind, []).append(user_id)
    for kind, user_ids in by_kind.items():
        publish_notification(room, kind, message, user_ids)
