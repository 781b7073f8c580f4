"""Whom a text calls: `@name` is resolved to members of the room, `@room` to all of them where that is allowed."""

from collections.abc import Iterable

from django.db.models import Q

from chat.models import Membership, Mention, Message, Room, User
from chat.models.posting import Author, Place
from chat.permissions import can_mention_room

EVERYBODY = "room"
# Names of one text that are looked up; more is a flood, not a conversation.
NAMES_MOST = 50


def resolve(
    room: Room | Place, author: User | Author, names: frozenset[str]
) -> tuple[list[int], frozenset[str]]:
    """The ids of the members that `author` calls by these names, ascending, and the names that call somebody.

    A name is a username, or else the name that one member alone shows. Nobody calls themselves.
    """
    if not names:
        return [], frozenset()
    wanted = frozenset(sorted(names)[:NAMES_MOST])
    found = _named(room.pk, wanted)
    called = {name: found[name.casefold()] for name in wanted if name.casefold() in found}
    ids = set(called.values())
    everybody = frozenset(name for name in wanted if name.casefold() == EVERYBODY)
    members = Membership.objects.filter(room_id=room.pk)
    if everybody and can_mention_room(room, members.filter(user_id=author.pk).first()):
        ids.update(members.values_list("user_id", flat=True))
        return sorted(ids - {author.pk}), everybody | called.keys()
    return sorted(ids - {author.pk}), frozenset(called)


def _named(room_id: int, names: Iterable[str]) -> dict[str, int]:
    """User ids of members by these names in lower case."""
    any_name = Q()
    for name in names:
        any_name |= Q(user__username__iexact=name) | Q(user__name__iexact=name)
    members = Membership.objects.filter(any_name, room_id=room_id, user__is_active=True)
    found: dict[str, int] = {}
    shown: dict[str, list[int]] = {}
    for user_id, username, name in members.values_list("user_id", "user__username", "user__name"):
        found[username.casefold()] = user_id
        shown.setdefault(name.casefold(), []).append(user_id)
    return {name: ids[0] for name, ids in shown.items() if len(ids) == 1} | found


def keep(messages: Iterable[Message]) -> None:
    """Add the rows by which unread mentions of saved messages are counted."""
    Mention.objects.bulk_create(
        Mention(message=message, room_id=message.room_id, user_id=user_id)
        for message in messages
        for user_id in message.mentions
    )


def replace(message: Message, user_ids: list[int]) -> list[int]:
    """Make an edited message call these people; returns those that it did not call before."""
    before = set(message.mentions)
    message.mentions = user_ids
    Mention.objects.filter(message=message).delete()
    keep([message])
    return [user_id for user_id in user_ids if user_id not in before]
