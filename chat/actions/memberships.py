"""Joining and leaving rooms. Each is a system message with its own number, in the transaction that does it."""

from django.db import transaction

from chat.actions.log import check_not_archived, lock_room, membership_in, post_system_message
from chat.broadcast import publish_room
from chat.errors import Conflict, Forbidden
from chat.models import Membership, Message, Room, User
from chat.permissions import can_join


def join_room(user: User, slug: str) -> Room:
    """Become a member, everything so far counting as read; a member already is one."""
    with transaction.atomic():
        room = lock_room(user, slug)
        if membership_in(room, user) is not None:
            return room
        if not can_join(user, room):
            raise Forbidden("You cannot join this room.", field="room")
        check_not_archived(room)
        newest = Message.objects.filter(room=room).order_by("-id").values_list("pk", flat=True).first()
        Membership.objects.create(room=room, user=user, read_id=newest or 0)
        _count(room, 1)
        post_system_message(room, "member_joined", user, user)
        publish_room(room)
    return room


def leave_room(user: User, slug: str) -> Room:
    """Give up the membership; one's open subscriptions end before the number of the leave is delivered."""
    with transaction.atomic():
        room = lock_room(user, slug)
        membership = membership_in(room, user)
        if membership is None:
            return room
        _check_not_last_owner(room, membership)
        membership.delete()
        _count(room, -1)
        post_system_message(room, "member_left", user, user)
        publish_room(room)
    return room


def _check_not_last_owner(room: Room, membership: Membership) -> None:
    if membership.role != Membership.Role.OWNER:
        return
    others = Membership.objects.filter(room=room).exclude(pk=membership.pk)
    if others.exists() and not others.filter(role=Membership.Role.OWNER).exists():
        raise Conflict("The last owner cannot leave; make somebody else an owner first.", field="room")


def _count(room: Room, difference: int) -> None:
    room.member_count += difference
    room.save(update_fields=["member_count"])
