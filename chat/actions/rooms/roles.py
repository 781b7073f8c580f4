"""Roles in a room, and that a room which is in use keeps an owner."""

from django.db import transaction

from chat.actions.audit import record
from chat.actions.log import lock_room, membership_in, post_system_message
from chat.errors import Conflict, Forbidden, Invalid, NotFound
from chat.models import Membership, Room, User
from chat.permissions import is_owning


def set_role(actor: User, slug: str, user_id: int, role: str, *, as_operator: bool = False) -> Membership:
    """Give a member another role; what is so already changes nothing. Owners alone do this, and operators.

    Raises Conflict when the room would be left without an owner.
    """
    check_role(role)
    with transaction.atomic():
        room = lock_room(actor, slug, as_operator=as_operator)
        if not as_operator and not is_owning(membership_in(room, actor)):
            raise Forbidden("Only an owner changes roles.", field="role")
        membership = member_of(room, user_id)
        change_role(room, membership, role, actor)
    return membership


def check_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Invalid("role is one of owner, moderator and member.", field="role")


def member_of(room: Room, user_id: int) -> Membership:
    """Somebody's membership with the person; raises NotFound for who belongs to another room or to none."""
    membership = Membership.objects.filter(room=room, user=user_id).select_related("user").first()
    if membership is None:
        raise NotFound("There is no such member in this room.", field="user_id")
    return membership


def change_role(room: Room, membership: Membership, role: str, by: User) -> None:
    """Set the role in a locked room. The rights of whoever asks were checked before."""
    if membership.role == role:
        return
    check_keeps_owner(room, membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    post_system_message(room, "role_changed", membership.user, by, {"role": role})
    record(by, "role_changed", membership.user, room=room.slug, **{"from": before, "to": role})


def check_keeps_owner(room: Room, membership: Membership) -> None:
    """Raise Conflict when the room would have no owner without this one.

    An archived room needs none, a direct room has nobody to own it, and an owner whose account is closed cannot act.
    """
    if membership.role != Membership.Role.OWNER or room.archived or room.kind == Room.Kind.DIRECT:
        return
    owners = Membership.objects.filter(room=room, role=Membership.Role.OWNER, user__is_active=True)
    if not owners.exclude(pk=membership.pk).exists():
        raise Conflict(
            "The room's last owner stays: make somebody else an owner first, or archive the room.",
            field="room",
        )
