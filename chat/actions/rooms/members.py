"""Who belongs to a room: joining and leaving, adding and removing. Each is a system message with its own number."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from chat.actions.audit import record
from chat.actions.log import check_not_archived, lock_room, membership_in, post_system_message
from chat.actions.rooms.people import new_members
from chat.actions.rooms.roles import change_role, check_keeps_owner, check_role, member_of
from chat.broadcast import publish_end_of_membership, publish_membership, publish_room
from chat.errors import Conflict, Forbidden
from chat.models import Ban, Membership, Message, Room, User
from chat.permissions import can_invite, can_join, can_put_out, is_moderating, is_owning


def join_room(user: User, slug: str) -> Room:
    """Become a member, everything so far counting as read; a member already is one."""
    with transaction.atomic():
        room = lock_room(user, slug)
        if membership_in(room, user) is not None:
            return room
        if not can_join(user, room):
            raise Forbidden("You cannot join this room.", field="room")
        check_not_archived(room)
        admit(room, [user], by=user)
    return room


def leave_room(user: User, slug: str) -> Room:
    """Give up the membership; one's open subscriptions end before the number of the leave is delivered.

    The last owner of a room that is in use cannot: Conflict. A direct room anybody may leave.
    """
    with transaction.atomic():
        room = lock_room(user, slug)
        membership = membership_in(room, user)
        if membership is None:
            return room
        check_keeps_owner(room, membership)
        end_membership(room, membership, "member_left", by=user, reason="left")
    return room


def add_members(
    actor: User, slug: str, user_ids: Sequence[int], *, role: str | None = None, as_operator: bool = False
) -> Room:
    """Make these people members, all or none. With a `role` they have it then, also who belongs to the room already.

    Members add to public and open rooms, moderators and owners to private ones, owners give roles.
    """
    if role is not None:
        check_role(role)
    with transaction.atomic():
        room = lock_room(actor, slug, as_operator=as_operator)
        mine = membership_in(room, actor)
        here = set(Membership.objects.filter(room=room, user__in=user_ids).values_list("user_id", flat=True))
        missing = set(user_ids) - here
        if missing and room.kind == Room.Kind.DIRECT:
            raise Forbidden(
                "A direct room is never widened; make a private room with these people.", field="room"
            )
        if not as_operator:
            _check_may_add(room, mine)
        if missing:
            _add(room, missing, actor)
        if role is not None:
            _give_role(room, user_ids, role, actor, allowed=as_operator or is_owning(mine))
    return room


def remove_member(actor: User, slug: str, user_id: int, *, as_operator: bool = False) -> Room:
    """End somebody's membership; removing oneself is leaving. Moderators remove members, owners anybody.

    The person's open subscriptions end in every process before the number of the removal is delivered.
    """
    if user_id == actor.pk and not as_operator:
        return leave_room(actor, slug)
    with transaction.atomic():
        room = lock_room(actor, slug, as_operator=as_operator)
        mine = membership_in(room, actor)
        if not as_operator and not is_moderating(mine):
            raise Forbidden("Only moderators and owners remove members.", field="room")
        if room.kind == Room.Kind.DIRECT:
            raise Forbidden("Nobody is removed from a direct room.", field="room")
        membership = member_of(room, user_id)
        if not as_operator and not can_put_out(mine, membership):
            raise Forbidden("Only an owner removes moderators and owners.", field="user_id")
        check_keeps_owner(room, membership)
        end_membership(room, membership, "member_removed", by=actor, reason="removed")
        record(actor, "member_removed", membership.user, room=room.slug)
    return room


def admit(room: Room, people: Sequence[User], by: User) -> None:
    """Make people members of a locked room. The rights of whoever asks were checked before."""
    if not people:
        return
    newest = Message.objects.filter(room=room).order_by("-id").values_list("pk", flat=True).first()
    for person in people:
        Membership.objects.create(room=room, user=person, read_id=newest or 0)
        post_system_message(room, "member_joined", person, by)
        publish_membership(room, person.pk)
    _count(room, len(people))


def make_first_members(room: Room, owner: User, others: Sequence[User]) -> None:
    """Of a room that was just made: they write no message and take no number."""
    Membership.objects.create(room=room, user=owner, role=Membership.Role.OWNER)
    Membership.objects.bulk_create(Membership(room=room, user=person) for person in others)
    for person in (owner, *others):
        publish_membership(room, person.pk)


def end_membership(
    room: Room,
    membership: Membership,
    event: str,
    *,
    by: User,
    reason: str,
    details: Mapping[str, str] | None = None,
) -> None:
    """Take a membership of a locked room away and record it; the person is told the reason."""
    person = membership.user
    membership.delete()
    # First, while their subscriptions still stand: whoever has one is told by it, and not twice.
    publish_end_of_membership(room, person.pk, reason)
    post_system_message(room, event, person, by, details)
    _count(room, -1)


def _check_may_add(room: Room, mine: Membership | None) -> None:
    """In a direct room only roles are given this way, which has a check of its own."""
    if room.kind != Room.Kind.DIRECT and not can_invite(room, mine):
        who = "moderators and owners" if room.kind == Room.Kind.PRIVATE else "members"
        raise Forbidden(f"Only {who} of this room add people to it.", field="room")


def _add(room: Room, user_ids: set[int], by: User) -> None:
    check_not_archived(room)
    people = new_members(user_ids)
    if Ban.objects.filter(room=room, user__in=people).exists():
        raise Conflict("This person is banned from the room; lift the ban first.", field="user_id")
    admit(room, people, by)
    for person in people:
        record(by, "member_added", person, room=room.slug)


def _give_role(room: Room, user_ids: Sequence[int], role: str, by: User, *, allowed: bool) -> None:
    members = Membership.objects.filter(room=room, user__in=user_ids).select_related("user").order_by("user")
    for membership in members.exclude(role=role):
        if not allowed:
            raise Forbidden("Only an owner changes roles.", field="role")
        change_role(room, membership, role, by)


def _count(room: Room, difference: int) -> None:
    room.member_count += difference
    room.save(update_fields=["member_count"])
    publish_room(room)
