"""Who may do what in a room: pure predicates over a person, a room and a membership (protocol, section 2).

`can_see` is `RoomQuerySet.visible_to` for a row in hand; a test holds the two together. Who is banned from a room may
nothing there; the other predicates are asked about rooms that somebody sees.
"""

from django.conf import settings

from chat.models import Membership, Message, Room, User
from chat.models.posting import Author, Place

# Posting reads no whole rows: its person, its room, and of a membership the role alone are enough for the first two.
Person = User | Author
Where = Room | Place
Belonging = Membership | str

MODERATING = (Membership.Role.MODERATOR, Membership.Role.OWNER)


def can_see(user: Person | None, room: Where, membership: Belonging | None, *, banned: bool = False) -> bool:
    """Know of the room and read it."""
    if banned:
        return False
    if membership is not None:
        return True
    if user is None or user.is_guest:
        return room.kind == Room.Kind.PUBLIC and settings.CHAT_GUESTS != "off"
    return room.kind in (Room.Kind.PUBLIC, Room.Kind.OPEN)


def can_write(
    user: Person | None, room: Where, membership: Belonging | None, *, banned: bool = False
) -> bool:
    """Send, react, type, edit and delete one's own. An archived room is another question."""
    if user is None or not user.is_active or banned:
        return False
    if membership is not None:
        return True
    if room.kind != Room.Kind.PUBLIC:
        return False
    return not user.is_guest or settings.CHAT_GUESTS == "write"


def can_join(user: User | None, room: Room, *, banned: bool = False) -> bool:
    """Join without an invitation."""
    known = user is not None and user.is_active and not user.is_guest
    return known and not banned and room.kind in (Room.Kind.PUBLIC, Room.Kind.OPEN)


def can_create_room(user: User | None) -> bool:
    return user is not None and user.is_active and not user.is_guest


def can_edit(user: User, message: Message) -> bool:
    """Only authors edit."""
    return message.author_id == user.pk


def can_delete(user: User, message: Message, membership: Membership | None) -> bool:
    """Authors, the room's moderators and owners, and operators with the right in the admin."""
    moderates = membership is not None and membership.role in MODERATING
    return message.author_id == user.pk or moderates


def can_pin(room: Where, membership: Membership | None) -> bool:
    """Moderators and owners; in a direct room everybody, as there is nobody to moderate."""
    if membership is None:
        return False
    return room.kind == Room.Kind.DIRECT or membership.role in MODERATING


def can_mention_room(room: Where, membership: Membership | None) -> bool:
    """Call everybody at once by `@room`."""
    return can_pin(room, membership)


def can_rename(room: Room, membership: Membership | None) -> bool:
    """Change the name and the topic."""
    return is_moderating(membership) or _talks_directly(room, membership)


def can_archive(room: Room, membership: Membership | None) -> bool:
    return is_owning(membership) or _talks_directly(room, membership)


def can_invite(room: Room, membership: Membership | None) -> bool:
    """Add members. A direct room is never widened."""
    if membership is None or room.kind == Room.Kind.DIRECT:
        return False
    return room.kind in (Room.Kind.PUBLIC, Room.Kind.OPEN) or is_moderating(membership)


def can_put_out(membership: Membership | None, target: Membership | None) -> bool:
    """Remove a member, or ban somebody, who belongs to the room by `target` or not at all."""
    lower = target is None or target.role == Membership.Role.MEMBER
    return is_owning(membership) or (is_moderating(membership) and lower)


def is_moderating(membership: Membership | None) -> bool:
    """Moderators, and owners, who may all that moderators may."""
    return membership is not None and membership.role in MODERATING


def is_owning(membership: Membership | None) -> bool:
    """Owners change the room's kind and the roles in it."""
    return membership is not None and membership.role == Membership.Role.OWNER


def _talks_directly(room: Room, membership: Membership | None) -> bool:
    """In a direct room there is nobody to moderate: what concerns the room everybody in it may."""
    return membership is not None and room.kind == Room.Kind.DIRECT


def can_see_revisions(user: User, message: Message) -> bool:
    """Authors and operators read what a message said before."""
    return message.author_id == user.pk or user.is_staff
