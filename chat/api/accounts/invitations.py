"""Invitations over HTTP: listed, made, revoked. They are redeemed on their page."""

from typing import Annotated

import msgspec
from django.http import HttpRequest
from django.urls import reverse

from chat import database
from chat.actions.accounts import create_invitation, revoke_invitation
from chat.actions.accounts.invitations import DAYS, DAYS_MOST, USES_MOST
from chat.actions.rooms import normal_slug
from chat.api.accounts import member
from chat.api.admission import Call
from chat.api.resource import Created, operation
from chat.auth import public_address
from chat.history.accounts import invitations_for
from chat.models import Invitation, User
from chat.payloads import timestamp, user_object
from chat.protocol.objects import UserObject


class InvitationObject(msgspec.Struct):
    """An invitation without its link; `room` is null for the installation alone, null in the others is no limit."""

    id: int
    by: UserObject
    room: str | None
    created_at: str
    expires_at: str | None
    uses_left: int | None


class InvitationList(msgspec.Struct):
    """The newest first."""

    invitations: list[InvitationObject]


class NewInvitation(msgspec.Struct):
    """`uses` is how many people it lets in, without it any number; `days` how long it lasts, without it 7."""

    room: str | None = None
    uses: Annotated[int, msgspec.Meta(ge=1, le=USES_MOST)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MOST)] | None = None


class MadeInvitation(InvitationObject):
    """`url` is the link to hand over; it is shown this once."""

    url: str


@operation("GET")
async def list_invitations(call: Call) -> InvitationList:
    """One's own, those to rooms that one moderates, and for staff all; none that has expired or is used up."""
    return await database.call(_listed, member(call))


@operation("POST", bucket="secret")
async def make_invitation(call: Call, body: NewInvitation) -> Created[MadeInvitation]:
    """Invite people to a room, or as staff to the installation alone."""
    return Created(await database.write(_make, call.request, member(call), body))


@operation("DELETE")
async def end_invitation(call: Call, invitation_id: int) -> InvitationList:
    """Revoke an invitation; who came in by it stays."""
    return await database.write(_end, member(call), invitation_id)


def _make(request: HttpRequest, user: User, body: NewInvitation) -> MadeInvitation:
    slug = normal_slug(body.room) if body.room is not None else None
    invitation, secret = create_invitation(user, room=slug, uses=body.uses, days=body.days or DAYS)
    url = public_address(request, reverse("account_invitation", args=[secret]))
    return MadeInvitation(**msgspec.structs.asdict(_invitation(invitation)), url=url)


def _end(user: User, invitation_id: int) -> InvitationList:
    revoke_invitation(user, invitation_id)
    return _listed(user)


def _listed(user: User) -> InvitationList:
    return InvitationList([_invitation(each) for each in invitations_for(user)])


def _invitation(invitation: Invitation) -> InvitationObject:
    return InvitationObject(
        id=invitation.pk,
        by=user_object(invitation.by),
        room=invitation.room.slug if invitation.room is not None else None,
        created_at=timestamp(invitation.created_at),
        expires_at=timestamp(invitation.expires_at) if invitation.expires_at else None,
        uses_left=invitation.uses_left,
    )
