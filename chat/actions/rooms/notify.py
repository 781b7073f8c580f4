"""How much of a room a member wants to be told of."""

from chat.errors import Forbidden, Invalid
from chat.history import membership_of, visible_room
from chat.models import Membership, User


def set_notify(user: User, slug: str, level: str) -> None:
    """Set one's own level; raises Forbidden for a room that one sees and does not belong to."""
    if level not in Membership.Notify.values:
        raise Invalid("notify is one of all, mentions and none.", field="notify")
    membership = membership_of(user, visible_room(user, slug))
    if membership is None:
        raise Forbidden("You do not belong to this room.", field="room")
    Membership.objects.filter(pk=membership.pk).update(notify=level)
