"""The table of rights of the protocol, cell by cell, and both of its forms held together."""

from itertools import product
from typing import Any

import pytest

from chat.models import Membership, Message, Room, User
from chat.permissions import can_archive, can_delete, can_edit, can_join, can_see, can_write
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
        assert can_archive(Membership(role=role)) is (role == "owner")
    assert not can_delete(cast.carol, message, None)
    assert not can_archive(None)
