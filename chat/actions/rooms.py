"""Rooms: made by people, made on demand, archived."""

import re
import secrets
import unicodedata

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.actions.log import lock_room, membership_in, post_system_message
from chat.broadcast import publish_room
from chat.errors import Conflict, Forbidden, Invalid, NotFound
from chat.limits import check_characters
from chat.models import Membership, Room, User
from chat.models.room import ROOM_NAME_CHARS, SLUG_CHARS, TOPIC_CHARS
from chat.permissions import can_archive, can_create_room

RESERVED_SLUGS = frozenset(
    ("admin", "api", "accounts", "chat", "hooks", "static", "media", "ws")
    + ("healthz", "readyz", "metrics", "new", "me")
)
# 64 bits: nobody finds a private room by trying.
RANDOM_SLUG_BYTES = 8
MEMBERS_AT_ONCE = 100

_slug = re.compile(r"[\w-]+")
_not_in_slug = re.compile(r"[^\w]+")


def normal_slug(text: str) -> str:
    """The form in which a slug is kept and looked up: NFKC, case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def check_slug(slug: str) -> None:
    """Raise Invalid for a slug of a wrong form, Conflict for a reserved one."""
    if not _slug.fullmatch(slug) or len(slug) > SLUG_CHARS:
        raise Invalid(
            f"A room's address has letters, digits, - and _, at most {SLUG_CHARS} of them.", field="slug"
        )
    if slug in RESERVED_SLUGS:
        raise Conflict("This address is reserved.", field="slug")


def create_room(
    user: User,
    name: str,
    kind: str,
    *,
    slug: str | None = None,
    topic: str = "",
    members: list[int] | None = None,
) -> Room:
    """Make a room owned by `user`; `members` are the ids of those who belong to it from the start."""
    if not can_create_room(user):
        raise Forbidden("Guests cannot make rooms.")
    _check_name(name, topic)
    if kind not in Room.Kind.values:
        raise Invalid("kind is one of public, open, private and direct.", field="kind")
    chosen = _chosen_slug(name, kind, slug)
    invited = _people(user, members or [], kind)
    with transaction.atomic():
        room = _insert(
            Room(slug=chosen, name=name.strip(), kind=kind, topic=topic, member_count=1 + len(invited))
        )
        Membership.objects.create(room=room, user=user, role=Membership.Role.OWNER)
        Membership.objects.bulk_create(Membership(room=room, user=person) for person in invited)
    return room


def room_on_demand(slug: str) -> Room:
    """The public room with this slug, made if there is none: without an owner, at seq 0."""
    slug = normal_slug(slug)
    check_slug(slug)
    room, _ = Room.objects.get_or_create(slug=slug, defaults={"name": slug, "kind": Room.Kind.PUBLIC})
    return room


def archive_room(user: User, slug: str, on: bool, *, as_operator: bool = False) -> Room:
    """Archive or reopen: the room can be read, not changed. What is so already changes nothing."""
    with transaction.atomic():
        room = _lock_any(slug) if as_operator else lock_room(user, slug)
        if not as_operator and not can_archive(membership_in(room, user)):
            raise Forbidden("Only an owner archives a room.", field="room")
        if room.archived != on:
            room.archived_at = timezone.now() if on else None
            room.save(update_fields=["archived_at"])
            post_system_message(room, "archived" if on else "unarchived", user, user)
            publish_room(room)
    return room


def _lock_any(slug: str) -> Room:
    room = Room.objects.with_slug(slug).select_for_update().first()
    if room is None:
        raise NotFound("There is no such room.", field="room")
    return room


def _check_name(name: str, topic: str) -> None:
    check_characters(name, "name")
    check_characters(topic, "topic")
    if not name.strip() or len(name) > ROOM_NAME_CHARS:
        raise Invalid(f"A room's name has 1 to {ROOM_NAME_CHARS} characters.", field="name")
    if len(topic) > TOPIC_CHARS:
        raise Invalid(f"A topic has at most {TOPIC_CHARS} characters.", field="topic")


def _chosen_slug(name: str, kind: str, slug: str | None) -> str:
    """Public and open rooms may choose; what must not be guessed gets a random one."""
    if kind in (Room.Kind.PRIVATE, Room.Kind.DIRECT):
        if slug is not None:
            raise Invalid("A private room gets its address from the server.", field="slug")
        return secrets.token_hex(RANDOM_SLUG_BYTES)
    wanted = normal_slug(slug) if slug is not None else _slug_of(name)
    check_slug(wanted)
    return wanted


def _slug_of(name: str) -> str:
    """The name's letters and digits; a name of none, such as a lone emoji, gives no better address than any."""
    letters = _not_in_slug.sub("-", normal_slug(name))[:SLUG_CHARS].strip("-")
    return letters or secrets.token_hex(RANDOM_SLUG_BYTES)


def _people(user: User, members: list[int], kind: str) -> list[User]:
    ids = set(members) - {user.pk}
    if len(ids) > MEMBERS_AT_ONCE:
        raise Invalid(f"At most {MEMBERS_AT_ONCE} members at once.", field="members")
    if kind == Room.Kind.DIRECT and not ids:
        raise Invalid("A direct room needs somebody to talk to.", field="members")
    found = list(User.objects.filter(pk__in=ids, is_active=True).exclude(kind=User.Kind.GUEST))
    if len(found) != len(ids):
        raise Invalid("One of the members does not exist.", field="members")
    return found


def _insert(room: Room) -> Room:
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError:
        raise Conflict("This address is taken.", field="slug") from None
    return room
