"""The people of the tables, and a fresh room for every cell of them: no deed is seen by another visitor.

Each room has two owners or one, a member who wrote something, somebody who is banned, and the visitor in their role,
who wrote something there before they were put out, if they were.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.utils import timezone

from chat.actions.rooms import ban_user, leave_room, remove_member
from chat.models import Ban, Change, Membership, Message, Room, User
from tests.cast import person

VISITORS = ("nobody", "guest", "stranger", "member", "moderator", "owner", "removed", "banned", "staff")
# In every room: its owner, a member who wrote something, who is banned; and somebody who is not in it.
OTHERS = ("chief", "someone", "barred", "outsider")
IN_THE_ROOM = ("member", "moderator", "owner", "removed", "banned")

# Of nothing that there is.
NO_MESSAGE = 2**52
_numbers = count(1)


@dataclass(frozen=True)
class Place:
    """A room as one visitor finds it; `missing` is the same with nothing there."""

    slug: str
    # Ids of messages, of another's and of one's own.
    another: int
    own: int
    # Ids of people.
    chief: int
    someone: int
    barred: int
    outsider: int

    def missing(self) -> "Place":
        return replace(self, slug=_slug(), another=NO_MESSAGE, own=NO_MESSAGE + 1)

    def named(self, value: Any) -> Any:
        """What a value that begins with `$` stands for; any other is itself."""
        return getattr(self, value[1:]) if isinstance(value, str) and value.startswith("$") else value

    def fill(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: self.named(value) for name, value in fields.items()}


Places = dict[tuple[str, str], Place]


def gather() -> dict[str, User]:
    """Everybody by name, all but nobody."""
    people = {
        name: person(name, User.Kind.GUEST if name == "guest" else User.Kind.USER)
        for name in (*VISITORS[1:], *OTHERS)
    }
    people["staff"].is_staff = people["staff"].is_superuser = True
    people["staff"].save()
    return people


def furnish(people: dict[str, User], kind: str, cells: Iterable[tuple[str, str]]) -> Places:
    """A room of this kind for each (deed, visitor), made in few statements; nobody is put out but by an action."""
    wanted = list(cells)
    actual = Room.Kind.PUBLIC if kind == "archived" else Room.Kind(kind)
    # Two messages, the numbers 1 and 2.
    rooms = Room.objects.bulk_create(
        Room(slug=_slug(), name="A room", kind=actual, seq=2, member_count=_members(visitor))
        for _, visitor in wanted
    )
    _let_in(people, rooms, [visitor for _, visitor in wanted])
    another = _write(rooms, 1, [people["someone"]] * len(rooms))
    own = _write(rooms, 2, [people.get(visitor, people["chief"]) for _, visitor in wanted])
    for room, (_, visitor) in zip(rooms, wanted, strict=True):
        _put_out(people, room, visitor)
    if kind == "archived":
        Room.objects.filter(pk__in=[room.pk for room in rooms]).update(archived_at=timezone.now())
    ids = {name: people[name].pk for name in OTHERS}
    found = zip(wanted, rooms, another, own, strict=True)
    return {cell: Place(room.slug, theirs.pk, mine.pk, **ids) for cell, room, theirs, mine in found}


def _slug() -> str:
    """All of one length, as those that the server draws."""
    return f"{next(_numbers):016x}"


def _members(visitor: str) -> int:
    return 2 + (visitor in IN_THE_ROOM)


def _let_in(people: dict[str, User], rooms: list[Room], visitors: list[str]) -> None:
    roles = {"moderator": Membership.Role.MODERATOR, "owner": Membership.Role.OWNER}
    rows = []
    for room, visitor in zip(rooms, visitors, strict=True):
        rows.append(Membership(room=room, user=people["chief"], role=Membership.Role.OWNER))
        rows.append(Membership(room=room, user=people["someone"]))
        if visitor in IN_THE_ROOM:
            role = roles.get(visitor, Membership.Role.MEMBER)
            rows.append(Membership(room=room, user=people[visitor], role=role))
    Membership.objects.bulk_create(rows)
    Ban.objects.bulk_create(Ban(room=room, user=people["barred"], by=people["chief"]) for room in rooms)


def _write(rooms: list[Room], seq: int, authors: list[User]) -> list[Message]:
    numbers = {"seq": seq, "first_seq": seq, "text_seq": seq}
    messages = Message.objects.bulk_create(
        Message(room=room, author=author, text="words", html="<p>words</p>", at=timezone.now(), **numbers)
        for room, author in zip(rooms, authors, strict=True)
    )
    Change.objects.bulk_create(
        Change(room=message.room, seq=seq, message=message, kind=Change.Kind.CREATE) for message in messages
    )
    return messages


def _put_out(people: dict[str, User], room: Room, visitor: str) -> None:
    """From a direct room one goes by oneself, and a ban there only a broken row could be."""
    chief, direct = people["chief"], room.kind == Room.Kind.DIRECT
    if direct and visitor in ("removed", "banned"):
        leave_room(people[visitor], room.slug)
    elif visitor == "removed":
        remove_member(chief, room.slug, people[visitor].pk)
    elif visitor == "banned":
        ban_user(chief, room.slug, people[visitor].pk)
    if direct and visitor == "banned":
        Ban.objects.create(room=room, user=people[visitor], by=chief)
