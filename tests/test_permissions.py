"""The table of rights of the protocol, cell by cell, and both of its forms held together."""

from itertools import product
from typing import Any

import pytest

from chat.models import Ban, Membership, Message, Room, User
from chat.permissions import (
    can_archive,
    can_delete,
    can_edit,
    can_invite,
    can_join,
    can_put_out,
    can_rename,
    can_see,
    can_write,
    is_moderating,
    is_owning,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db

GUESTS = ("off", "read", "write")
VISITORS = ("passer-by", "guest", "outsider", "member", "guest made a member")
KINDS = ("public", "open", "private", "direct")


def expected(kind: str, visitor: str, guests: str) -> str:
    """What the protocol's table says: sees, writes, joins, each by its letter."""
    if visitor in ("member", "guest made a member"):
        return "see write" + (" join" if kind in ("public", "open") and visitor == "member" else "")
    if visitor == "outsider":
        return {"public": "see write join", "open": "see join"}.get(kind, "")
    if kind != "public" or guests == "off":
        return ""
    return "see write" if guests == "write" and visitor == "guest" else "see"


def stands(cast: Cast, kind: str, visitor: str) -> tuple[User | None, Room, Membership | None]:
    room = {"public": cast.lobby, "open": cast.open, "private": cast.private, "direct": cast.direct}[kind]
    user = {"passer-by": None, "outsider": cast.carol, "member": cast.bob}.get(visitor, cast.gus)
    if visitor == "guest made a member":
        Membership.objects.create(user=cast.gus, room=room)
    return user, room, Membership.objects.filter(user=user, room=room).first() if user else None


@pytest.mark.parametrize(("kind", "visitor", "guests"), list(product(KINDS, VISITORS, GUESTS)))
def test_everybody_may_what_the_table_says(
    cast: Cast, kind: str, visitor: str, guests: str, settings: Any
) -> None:
    settings.CHAT_GUESTS = guests
    user, room, membership = stands(cast, kind, visitor)
    found = {
        "see": can_see(user, room, membership),
        "write": can_write(user, room, membership),
        "join": can_join(user, room),
    }
    assert " ".join(right for right, given in found.items() if given) == expected(kind, visitor, guests)
    assert Room.objects.visible_to(user).filter(pk=room.pk).exists() is found["see"]


@pytest.mark.parametrize(("kind", "guests"), list(product(KINDS, GUESTS)))
def test_the_deactivated_write_nowhere_and_join_nothing(
    cast: Cast, kind: str, guests: str, settings: Any
) -> None:
    settings.CHAT_GUESTS = guests
    cast.bob.is_active = False
    user, room, membership = stands(cast, kind, "member")
    assert membership is not None
    assert not can_write(user, room, membership)
    assert not can_join(user, room)


def test_authors_edit_and_moderators_delete(cast: Cast) -> None:
    message = Message(author=cast.bob)
    assert [can_edit(user, message) for user in (cast.bob, cast.alice)] == [True, False]
    for role, allowed in (("owner", True), ("moderator", True), ("member", False)):
        assert can_delete(cast.alice, message, Membership(role=role)) is allowed
        assert can_delete(cast.bob, message, Membership(role=role))
    assert not can_delete(cast.carol, message, None)


@pytest.mark.parametrize("guests", GUESTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("visitor", [visitor for visitor in VISITORS if visitor != "passer-by"])
def test_who_is_banned_may_nothing_whatever_else_they_are(
    cast: Cast, kind: str, visitor: str, guests: str, settings: Any
) -> None:
    settings.CHAT_GUESTS = guests
    user, room, membership = stands(cast, kind, visitor)
    assert user is not None
    Ban.objects.create(room=room, user=user)
    assert not can_see(user, room, membership, banned=True)
    assert not can_write(user, room, membership, banned=True)
    assert not can_join(user, room, banned=True)
    assert not Room.objects.visible_to(user).filter(pk=room.pk).exists()


# Of each role: what it may do, in a room of this kind.
ROLES = {
    ("public", "member"): "invite",
    ("public", "moderator"): "invite rename moderate",
    ("public", "owner"): "invite rename moderate archive own",
    ("open", "member"): "invite",
    ("open", "moderator"): "invite rename moderate",
    ("open", "owner"): "invite rename moderate archive own",
    ("private", "member"): "",
    ("private", "moderator"): "invite rename moderate",
    ("private", "owner"): "invite rename moderate archive own",
    ("direct", "member"): "rename archive",
    ("direct", "owner"): "rename moderate archive own",
}


@pytest.mark.parametrize(("kind", "role"), list(ROLES))
def test_every_role_may_what_the_table_says(kind: str, role: str) -> None:
    room, membership = Room(kind=kind), Membership(role=role)
    found = {
        "invite": can_invite(room, membership),
        "rename": can_rename(room, membership),
        "moderate": is_moderating(membership),
        "archive": can_archive(room, membership),
        "own": is_owning(membership),
    }
    assert " ".join(right for right, given in found.items() if given) == ROLES[kind, role]


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_no_member_moderates_nothing(kind: str) -> None:
    room = Room(kind=kind)
    assert not any(may(room, None) for may in (can_invite, can_rename, can_archive))
    assert not is_moderating(None)
    assert not is_owning(None)
    assert not can_put_out(None, None)


def test_moderators_put_out_members_and_outsiders_and_owners_anybody() -> None:
    owner, moderator, member = (Membership(role=role) for role in ("owner", "moderator", "member"))
    everybody = (owner, moderator, member, None)
    assert [can_put_out(owner, target) for target in everybody] == [True, True, True, True]
    assert [can_put_out(moderator, target) for target in everybody] == [False, False, True, True]
    assert [can_put_out(member, target) for target in everybody] == [False, False, False, False]
