"""Who decides what a room hears of GitHub."""

from chat.actions.log import check_not_archived, lock_room, membership_in
from chat.errors import Forbidden
from chat.models import Membership, Room, User
from chat.permissions import MODERATING, is_moderating


def managed_room(user: User, slug: str) -> Room:
    """The room, locked until the transaction ends, if this person decides there; raises NotFound, Forbidden, Archived.

    Call it in a transaction, before GitHub is asked and again after it has answered.
    """
    room = lock_room(user, slug)
    if room.kind == Room.Kind.DIRECT:
        raise Forbidden(
            "A direct room hears of nothing; make a private room with these people.", field="room"
        )
    moderated = Membership.objects.filter(room=room, role__in=MODERATING).exists()
    if not can_manage(user, room, membership_in(room, user), moderated=moderated):
        # Guests cannot join; and where somebody moderates, neither would help.
        way_in = "sign in and join it first" if user.is_guest else "join it first"
        who = "its moderators and owners" if moderated else f"its members: {way_in}"
        raise Forbidden(f"What this room hears of GitHub is decided by {who}.", field="room")
    check_not_archived(room)
    return room


def can_manage(user: User, room: Room, membership: Membership | None, *, moderated: bool) -> bool:
    """Moderators and owners. In a public or open room that has neither, such as one made on demand, every member.

    There is nobody to ask there, and to join is a deed that everybody in the room sees, under a name. Guests are
    never members; in a direct room there would be a third one who listens.
    """
    if membership is None or user.is_guest or room.kind == Room.Kind.DIRECT:
        return False
    return is_moderating(membership) or (not moderated and room.kind in (Room.Kind.PUBLIC, Room.Kind.OPEN))
