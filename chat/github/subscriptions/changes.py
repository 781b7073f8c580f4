"""What rooms hear of GitHub, changed: each change is on the audit trail, and subscriptions are told to the room."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from django.db import transaction

from chat.actions.audit import record
from chat.errors import Conflict, NotFound
from chat.github.models import RoomSetting, Subscription
from chat.github.quoting import quoted, repository_link
from chat.github.subscriptions.bot import invite_bot, say
from chat.github.subscriptions.rights import managed_room
from chat.models import Room, User

# Far more than anybody follows in one room; it bounds what one event can cost.
SUBSCRIPTIONS_MOST = 50
PRIVATE = "It is private: everybody who can read this room, now or later, reads its events here."


class Wanted(msgspec.Struct, frozen=True):
    """What a room is to hear of one repository, named as GitHub names it."""

    owner: str
    name: str
    topics: Sequence[str]
    labels: Sequence[str] = ()
    branches: Sequence[str] = ()
    private: bool = False

    @property
    def repository(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def columns(self) -> dict[str, Any]:
        """The row's, as they are to be."""
        told = {topic: topic in self.topics for topic in Subscription.TOPICS}
        lists = {"labels": list(self.labels), "branches": list(self.branches)}
        return {"repository": self.repository, "private": self.private, **told, **lists}


def subscribe(user: User, slug: str, wanted: Wanted) -> Subscription:
    """Have the room hear of the repository from now on, in place of what it heard of it before.

    Whether this person may see the repository was asked of GitHub before. Raises NotFound, Forbidden, Archived, and
    Conflict for one subscription too many.
    """
    with transaction.atomic():
        room = managed_room(user, slug)
        rows, columns = Subscription.objects.filter(room=room), wanted.columns
        row = rows.filter(repository_key=wanted.repository.lower()).first()
        if row is None and rows.count() >= SUBSCRIPTIONS_MOST:
            raise Conflict(f"A room hears of at most {SUBSCRIPTIONS_MOST} repositories.", field="text")
        # Also where nothing changes: whoever subscribes wants to hear of it, and the bot may have been put out.
        invite_bot(user, room)
        if row is not None and all(getattr(row, name) == value for name, value in columns.items()):
            return row
        row = row or Subscription(room=room, repository_key=wanted.repository.lower())
        for name, value in columns.items():
            setattr(row, name, value)
        row.by = user
        row.save()
        record(user, "github_subscribed", room, repository=row.repository, topics=row.topics)
        _tell(
            room,
            user,
            f"subscribed this room to {repository_link(row.repository)}: {summary(row)}.",
            private=row.private,
        )
    return row


def unsubscribe(user: User, slug: str, repository: str, topics: Collection[str] = ()) -> Subscription | None:
    """Have the room hear nothing more of the repository, or nothing of these topics; what is left, if anything.

    Raises NotFound where the room does not hear of it, Forbidden and Archived.
    """
    with transaction.atomic():
        room = managed_room(user, slug)
        row = Subscription.objects.filter(room=room, repository_key=repository.lower()).first()
        if row is None:
            raise NotFound("This room is not subscribed to that repository.", field="text")
        left = [topic for topic in row.topics if topic not in topics] if topics else []
        if not left:
            end_subscription(user, row)
            return None
        if left != row.topics:
            for topic in topics:
                setattr(row, topic, False)
            row.save()
            record(user, "github_subscribed", room, repository=row.repository, topics=left)
            _tell(
                room, user, f"has this room hear less of {repository_link(row.repository)}: {summary(row)}."
            )
        return row


def end_subscription(user: User, row: Subscription) -> None:
    """Delete it, whoever let this person do so. An archived room is not told."""
    with transaction.atomic():
        record(user, "github_unsubscribed", row.room, repository=row.repository)
        row.delete()
        _tell(row.room, user, f"ended this room's subscription to {repository_link(row.repository)}.")


def mute_bots(user: User, slug: str, on: bool) -> None:
    """Keep what bots do on GitHub from the room, or tell it again."""
    with transaction.atomic():
        room = managed_room(user, slug)
        RoomSetting.objects.update_or_create(room=room, defaults={"mutes_bots": on})
        record(user, "github_bots_muted" if on else "github_bots_unmuted", room)


def choose_default_repository(user: User, slug: str, repository: str) -> None:
    """What `#12` belongs to in the room from now on; an empty name for nothing."""
    with transaction.atomic():
        room = managed_room(user, slug)
        RoomSetting.objects.update_or_create(room=room, defaults={"default_repository": repository})
        record(user, "github_default_chosen", room, repository=repository)


def summary(row: Subscription) -> str:
    """What is told, as people read it: Markdown on one line."""
    told = ", ".join(row.topics)
    for word, patterns in (("labels", row.labels), ("branches", row.branches)):
        told += f"; {word} {', '.join(map(quoted, patterns))}" if patterns else ""
    return told


def _tell(room: Room, user: User, deed: str, *, private: bool = False) -> None:
    say(room, f"**{quoted(user.display_name)}** {deed}{f' {PRIVATE}' if private else ''}")
