"""Row to object of the protocol: the only serialiser for socket, API and export."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chat.limits import REACTION_USERS_LISTED
from chat.models import Ban, Membership, Message, Reaction, Revision, Room, User
from chat.models.posting import Author, NewText
from chat.protocol.objects import (
    BanObject,
    CardLink,
    MemberObject,
    MessageObject,
    MyRoom,
    ReactionObject,
    RevisionObject,
    RoomObject,
    UserObject,
)


class AuthorRow(NamedTuple):
    """What of a person stands beside their message, in a query of values."""

    pk: int
    name: str
    username: str
    kind: str

    @property
    def display_name(self) -> str:
        return self.name or self.username


class MessageRow(NamedTuple):
    """A message in a query of values, which costs a fraction of a model; `reacted`: whether anybody has."""

    pk: int
    seq: int
    kind: str
    text: str
    html: str
    at: datetime
    client_id: str | None
    edited_at: datetime | None
    text_seq: int
    deleted: bool
    reply_to_id: int | None
    event: dict[str, Any] | None
    thread_id: int | None
    replies: int
    last_reply_at: datetime | None
    mentions: list[int]
    pinned: bool
    cards: list[dict[str, Any]] | None
    reacted: bool
    author: AuthorRow


def now() -> str:
    return timestamp(datetime.now(UTC))


def timestamp(moment: datetime) -> str:
    """ISO 8601, UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_object(user: User | Author | AuthorRow) -> UserObject:
    return UserObject(user.pk, user.display_name, None, user.kind)


def member_object(membership: Membership, *, to_member: bool) -> MemberObject:
    """The user must be loaded. By what name people sign in is nothing for passers-by."""
    username = membership.user.username if to_member else None
    return MemberObject(user_object(membership.user), membership.role, username)


def ban_object(ban: Ban) -> BanObject:
    """The user and who banned them must be loaded."""
    by = user_object(ban.by) if ban.by else None
    return BanObject(user_object(ban.user), by, ban.reason, timestamp(ban.at))


def revision_object(revision: Revision) -> RevisionObject:
    return RevisionObject(revision.seq, revision.text, timestamp(revision.at))


def room_object(room: Room) -> RoomObject:
    """The room as everybody may see it."""
    return RoomObject(room.slug, room.name, room.topic, room.kind, room.seq, room.member_count, room.archived)


def my_room_object(
    room: Room, membership: Membership | None, unread: int = 0, mentions: int = 0
) -> RoomObject:
    """The room with `me`: without a membership a role of null and no counts."""
    found = room_object(room)
    if membership is None:
        found.me = MyRoom(role=None)
    else:
        found.me = MyRoom(membership.role, membership.read_id, unread, mentions, membership.notify)
    return found


def message_objects(messages: Sequence[Message], slug: str) -> list[MessageObject]:
    """The messages of one room with their reactions, read in one query. Authors must be loaded."""
    alive = [message.pk for message in messages if not message.deleted]
    reactions = reaction_objects(reaction_rows(alive)) if alive else {}
    return [message_object(message, slug, reactions.get(message.pk, [])) for message in messages]


def message_object(
    message: Message | MessageRow, slug: str, reactions: list[ReactionObject]
) -> MessageObject:
    """One message; a deleted one keeps only its place, author and time."""
    gone = message.deleted
    return MessageObject(
        id=message.pk,
        seq=message.seq,
        room=slug,
        kind="" if gone else message.kind,
        author=user_object(message.author),
        text="" if gone else message.text,
        html="" if gone else message.html,
        at=timestamp(message.at),
        client_id=None if gone else message.client_id,
        edited_at=timestamp(message.edited_at) if message.edited_at and not gone else None,
        text_seq=0 if gone else message.text_seq,
        deleted=gone,
        reply_to=None if gone else message.reply_to_id,
        event=None if gone else message.event,
        reactions=[] if gone else reactions,
        thread=None if gone else message.thread_id,
        replies=0 if gone else message.replies,
        last_reply_at=timestamp(message.last_reply_at) if message.last_reply_at and not gone else None,
        mentions=[] if gone else message.mentions,
        pinned=message.pinned and not gone,
        cards=[] if gone or not message.cards else card_links(message.cards),
    )


def card_links(kept: Iterable[dict[str, Any]]) -> list[CardLink]:
    """The cards that a message shows, from what is kept in its row."""
    return [CardLink(card["id"], card["url"]) for card in kept]


def new_text_objects(news: Sequence[NewText], at: datetime) -> list[MessageObject]:
    """Messages that were inserted just now, as `message_object` would show their rows."""
    moment = timestamp(at)
    authors = {new.author.pk: user_object(new.author) for new in news}
    return [_new_text_object(new, authors[new.author.pk], moment) for new in news]


def _new_text_object(new: NewText, author: UserObject, moment: str) -> MessageObject:
    return MessageObject(
        id=new.pk,
        seq=new.first_seq,
        room=new.place.slug,
        kind=Message.Kind.TEXT.value,
        author=author,
        text=new.text,
        html=new.html,
        at=moment,
        client_id=new.client_id,
        edited_at=None,
        text_seq=new.first_seq,
        deleted=False,
        reply_to=new.reply_to_id,
        event=None,
        thread=new.thread_id,
        mentions=new.mentions,
        cards=new.cards,
    )


def reaction_rows(message_ids: Iterable[int]) -> Iterable[tuple[int, str, int]]:
    """Message, emoji and person, the earliest first."""
    found = Reaction.objects.filter(message_id__in=message_ids).order_by("id")
    return found.values_list("message_id", "emoji", "user_id")


def reaction_objects(rows: Iterable[Sequence[Any]]) -> dict[int, list[ReactionObject]]:
    """By message id, emoji in the order in which they first appeared; from rows of message, emoji and person."""
    found: dict[int, dict[str, ReactionObject]] = defaultdict(dict)
    for message_id, emoji, user_id in rows:
        of_message = found[message_id]
        entry = of_message.setdefault(emoji, ReactionObject(emoji, 0, []))
        entry.count += 1
        if len(entry.users) < REACTION_USERS_LISTED:
            entry.users.append(user_id)
    return {message_id: list(emoji.values()) for message_id, emoji in found.items()}
