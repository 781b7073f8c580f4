"""People over HTTP: who one is and wants to be, others by name, and becoming a guest."""

from typing import Annotated

import msgspec
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from chat import database, history
from chat.actions.accounts import create_guest
from chat.actions.accounts.profiles import change_profile
from chat.api.admission import Access, Call
from chat.api.resource import Created, operation
from chat.errors import Conflict, Forbidden, Unauthenticated
from chat.hub import HEARTBEAT_SECONDS
from chat.limits import FRAME_BYTES, MESSAGE_CHARS
from chat.models import User
from chat.models.user import NAME_CHARS
from chat.payloads import user_object
from chat.protocol.events import Limits
from chat.protocol.objects import UserObject


class MyUser(UserObject, frozen=True):
    """Oneself: `staff` may use the admin."""

    username: str
    staff: bool
    hides_presence: bool


class Me(msgspec.Struct):
    """Who asks, null where nobody is known, and what holds in this installation. `heartbeat` is in seconds."""

    user: MyUser | None
    guests: str
    signup: str
    rooms_on_demand: bool
    epoch: str
    heartbeat: int
    limits: Limits


class Profile(msgspec.Struct):
    """What is left out stays. Who hides is never shown as online."""

    name: str | None = None
    hides_presence: bool | None = None


class PeopleQuery(msgspec.Struct):
    """A part of a name; empty for anybody."""

    q: Annotated[str, msgspec.Meta(max_length=NAME_CHARS)] = ""


class PeopleList(msgspec.Struct):
    """At most 20, by name."""

    users: list[UserObject]


class NewGuest(msgspec.Struct):
    """Without a name one is invented."""

    name: str | None = None


class Guest(msgspec.Struct):
    """`guest_token` is a Bearer token by which the guest stays itself for 24 hours."""

    user: UserObject
    guest_token: str


@operation("GET", Access.ANYBODY)
async def read_me(call: Call) -> Me:
    """Who one is here, and what holds in this installation."""
    return await _me(call.user)


@operation("PATCH", bucket="profile")
async def change_me(call: Call, body: Profile) -> Me:
    """Change one's name, or whether one is shown as online; guests too."""
    changed = await database.write(
        change_profile, call.person, name=body.name, hides_presence=body.hides_presence
    )
    return await _me(changed)


async def _me(user: User | None) -> Me:
    return Me(
        user=_my_user(user) if user else None,
        guests=settings.CHAT_GUESTS,
        signup=settings.CHAT_SIGNUP,
        rooms_on_demand=settings.CHAT_ROOMS_ON_DEMAND,
        epoch=await database.call(history.epoch),
        heartbeat=HEARTBEAT_SECONDS,
        limits=Limits(MESSAGE_CHARS, FRAME_BYTES),
    )


@operation("GET")
async def list_people(call: Call, query: PeopleQuery) -> PeopleList:
    """People by a part of their name, for those who have an account."""
    if call.person.is_guest:
        raise Forbidden("Guests cannot look people up.")
    return PeopleList(await database.call(history.people_named, query.q))


@operation("POST", Access.ANYBODY, bucket="guest")
async def become_guest(call: Call, body: NewGuest) -> Created[Guest]:
    """Become a guest, by a session from now on, or with the token that is answered."""
    if settings.CHAT_GUESTS == "off":
        raise Unauthenticated("Guests may not come here: sign in.")
    if call.user is not None:
        raise Conflict("You are somebody already.")
    guest, token = await database.write(_make_guest, call.request, body.name)
    return Created(Guest(user_object(guest), token))


def _make_guest(request: HttpRequest, name: str | None) -> tuple[User, str]:
    guest, token = create_guest(name)
    login(request, guest, backend=settings.AUTHENTICATION_BACKENDS[0])
    return guest, token


def _my_user(user: User) -> MyUser:
    seen = user_object(user)
    return MyUser(
        seen.id, seen.name, seen.avatar, seen.kind, user.username, user.is_staff, user.hides_presence
    )
