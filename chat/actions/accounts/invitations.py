"""Invitations: links that let their holder into a room, and make an account for those who have none.

An invitation holds only as long as whoever made it might make it still. One that has expired, is used up, was revoked
or never was is answered alike: NotFound.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.actions.accounts.people import create_account
from chat.actions.audit import record
from chat.actions.log import check_not_archived, lock_room, membership_in
from chat.actions.rooms import admit
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Ban, Invitation, Room, User
from chat.models.token import digest, new_secret
from chat.permissions import can_invite

DAYS = 7
DAYS_MOST = 365
USES_MOST = 1000


def create_invitation(
    user: User, *, room: str | None = None, uses: int | None = None, days: int | None = DAYS
) -> tuple[Invitation, str]:
    """An invitation to the room of this slug, or to the installation alone; its secret is to be shown once.

    It lets `uses` people in, or any number, for `days`, or for good. Raises NotFound for a room that `user` does not
    see, Forbidden where they may not invite, Archived, and Invalid for numbers that cannot be.
    """
    _check_bounds(uses, days)
    secret = new_secret()
    with transaction.atomic():
        found = lock_room(user, room) if room is not None else None
        if not _may_invite(user, found):
            raise Forbidden("You cannot invite people here.", field="room")
        if found is not None:
            check_not_archived(found)
        invitation = Invitation.objects.create(
            digest=digest(secret),
            room=found,
            by=user,
            expires_at=timezone.now() + timedelta(days=days) if days is not None else None,
            uses_left=uses,
        )
        record(user, "invitation_made", invitation, **_whereto(invitation), uses=uses, days=days)
    return invitation, secret


def revoke_invitation(user: User, invitation_id: int) -> None:
    """Nobody comes in by it any more; who came in stays. Raises NotFound for those that `user` has no say in."""
    with transaction.atomic():
        managed = Invitation.objects.managed_by(user).filter(pk=invitation_id)
        invitation = managed.select_for_update().first()
        if invitation is None:
            raise NotFound("There is no such invitation.", field="invitation")
        record(user, "invitation_revoked", invitation, **_whereto(invitation))
        invitation.delete()


def find_invitation(secret: str, visitor: User | None = None) -> Invitation:
    """The invitation behind a link, as long as it holds; raises NotFound, for who is banned from its room too."""
    found = Invitation.objects.select_related("room", "by").filter(digest=digest(secret)).first()
    if found is None or not _holds(found) or _is_banned(visitor, found.room):
        raise _spent()
    return found


def redeem_invitation(user: User, secret: str) -> Invitation:
    """Come in by a link: `user` is a member of its room then, brought by whoever invited them.

    Who is a member already, or has an account and is invited to the installation alone, uses nothing up. Raises
    NotFound for a link that does not hold, for a guest, and for somebody who is banned from the room.
    """
    if user.is_guest or not user.is_active:
        raise _spent()
    with transaction.atomic():
        invitation = _lock(secret)
        if invitation.room is not None and membership_in(invitation.room, user) is None:
            if _is_banned(user, invitation.room):
                raise _spent()
            admit(invitation.room, [user], by=invitation.by)
            _use(invitation, user)
    return invitation


def create_invited_account(
    secret: str,
    username: str,
    password: str | None,
    *,
    name: str = "",
    email: str = "",
    guest: User | None = None,
) -> User:
    """Make an account by a link, and come into its room; one cannot be had without the other."""
    with transaction.atomic():
        if settings.CHAT_SIGNUP == "closed":
            raise Forbidden("This chat takes no new accounts.")
        account = create_account(username, password, name=name, email=email, guest=guest)
        if redeem_invitation(account, secret).room is None:
            _use(_lock(secret), account)
    return account


def _check_bounds(uses: int | None, days: int | None) -> None:
    if uses is not None and not 1 <= uses <= USES_MOST:
        raise Invalid(f"An invitation is for 1 to {USES_MOST} people.", field="uses")
    if days is not None and not 1 <= days <= DAYS_MOST:
        raise Invalid(f"An invitation lasts 1 to {DAYS_MOST} days.", field="days")


def _lock(secret: str) -> Invitation:
    """The room first and then the invitation, as everywhere: what is found then is what it is until the commit."""
    seen = find_invitation(secret)
    if seen.room is not None:
        Room.objects.select_for_update().get(pk=seen.room.pk)
    Invitation.objects.select_for_update().filter(pk=seen.pk).first()
    return find_invitation(secret)


def _holds(invitation: Invitation) -> bool:
    if invitation.expires_at is not None and invitation.expires_at <= timezone.now():
        return False
    if invitation.room is not None and invitation.room.archived:
        return False
    return invitation.uses_left != 0 and _may_invite(invitation.by, invitation.room)


def _is_banned(user: User | None, room: Room | None) -> bool:
    return user is not None and room is not None and Ban.objects.filter(room=room, user=user).exists()


def _may_invite(user: User, room: Room | None) -> bool:
    """Staff to the installation; to a room whoever may bring people in themselves."""
    if not user.is_active or user.is_guest:
        return False
    if room is None:
        return user.is_staff
    return can_invite(room, membership_in(room, user))


def _use(invitation: Invitation, user: User) -> None:
    if invitation.uses_left is not None:
        invitation.uses_left -= 1
        invitation.save(update_fields=["uses_left"])
    record(user, "invitation_redeemed", invitation, **_whereto(invitation), by=invitation.by.username)


def _whereto(invitation: Invitation) -> dict[str, str | None]:
    return {"room": invitation.room.slug if invitation.room is not None else None}


def _spent() -> NotFound:
    return NotFound("This invitation does not hold, or not any more.", field="invitation")
