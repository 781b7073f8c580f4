"""Bans: somebody is kept out of a room, which is then as good as missing to them."""

from django.db import transaction

from chat.actions.audit import record
from chat.actions.log import lock_room, membership_in, post_system_message
from chat.actions.rooms.members import end_membership
from chat.actions.rooms.roles import check_keeps_owner
from chat.errors import Forbidden, Invalid, NotFound
from chat.limits import check_characters
from chat.models import Ban, Membership, Room, User
from chat.models.membership import BAN_REASON_CHARS
from chat.permissions import can_put_out, is_moderating


def ban_user(actor: User, slug: str, user_id: int, *, reason: str = "", as_operator: bool = False) -> Ban:
    """Keep somebody out of a room, a member or not; who is banned already stays so.

    Moderators ban whoever is no moderator or owner, owners anybody else. Open subscriptions end in every process.
    """
    _check_reason(reason)
    if user_id == actor.pk:
        raise Forbidden("You cannot ban yourself.", field="user_id")
    with transaction.atomic():
        room = lock_room(actor, slug, as_operator=as_operator)
        mine = membership_in(room, actor)
        if not as_operator:
            _check_moderates(mine)
        if room.kind == Room.Kind.DIRECT:
            raise Forbidden("Nobody is banned from a direct room.", field="room")
        person = _person(room, user_id)
        membership = membership_in(room, person)
        if not as_operator and not can_put_out(mine, membership):
            raise Forbidden("Only an owner bans moderators and owners.", field="user_id")
        ban = Ban.objects.filter(room=room, user=person).select_related("user", "by").first()
        return ban or _ban(room, person, membership, actor, reason)


def unban_user(actor: User, slug: str, user_id: int, *, as_operator: bool = False) -> Room:
    """Let somebody come again, as whoever they would be without a ban; who is not banned stays so."""
    with transaction.atomic():
        room = lock_room(actor, slug, as_operator=as_operator)
        if not as_operator:
            _check_moderates(membership_in(room, actor))
        ban = Ban.objects.filter(room=room, user=user_id).select_related("user").first()
        if ban is not None:
            ban.delete()
            record(actor, "unbanned", ban.user, room=room.slug)
    return room


def _ban(room: Room, person: User, membership: Membership | None, by: User, reason: str) -> Ban:
    """The record of a ban is a removal, also of who was no member: it ends what they are subscribed to."""
    event, details = "member_removed", {"reason": "banned"}
    ban = Ban.objects.create(room=room, user=person, by=by, reason=reason)
    if membership is None:
        post_system_message(room, event, person, by, details)
    else:
        check_keeps_owner(room, membership)
        end_membership(room, membership, event, by=by, reason="banned", details=details)
    record(by, "banned", person, room=room.slug)
    return ban


def _check_reason(reason: str) -> None:
    check_characters(reason, "reason")
    if len(reason) > BAN_REASON_CHARS:
        raise Invalid(f"A reason has at most {BAN_REASON_CHARS} characters.", field="reason")


def _check_moderates(membership: Membership | None) -> None:
    if not is_moderating(membership):
        raise Forbidden("Only moderators and owners keep people out of a room.", field="room")


def _person(room: Room, user_id: int) -> User:
    """Whom one may know of: anybody with an open account, guests, and who belongs to the room."""
    person = User.objects.filter(pk=user_id).exclude(kind=User.Kind.SYSTEM).first()
    known = person is not None and (person.is_active or membership_in(room, person) is not None)
    if person is None or not known:
        raise NotFound("There is no such person.", field="user_id")
    return person
