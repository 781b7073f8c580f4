"""Whom one may make a member: people with an open account, as they are found by name."""

from collections.abc import Iterable

from chat.errors import Invalid, NotFound
from chat.models import User

# What one request may ask for; each of them is a message of the system.
MEMBERS_AT_ONCE = 100


def first_members(user: User, ids: Iterable[int]) -> list[User]:
    """Those with whom `user` makes a room, ascending by id; raises Invalid unless all may be members."""
    wanted = set(ids) - {user.pk}
    _check_count(wanted)
    found = list(
        User.objects.filter(pk__in=wanted, is_active=True).exclude(kind__in=_NO_MEMBERS).order_by("pk")
    )
    if len(found) != len(wanted):
        raise Invalid("One of the members does not exist.", field="members")
    return found


def new_members(ids: Iterable[int]) -> list[User]:
    """Those who are to be added to a room, ascending by id.

    Raises Invalid for guests, and NotFound alike for whoever is missing and whoever cannot be found by name.
    """
    wanted = set(ids)
    _check_count(wanted)
    found = {person.pk: person for person in User.objects.filter(pk__in=wanted).order_by("pk")}
    for user_id in sorted(wanted):
        person = found.get(user_id)
        if person is not None and person.is_guest:
            raise Invalid("Guests cannot be members.", field="user_id")
        if person is None or not person.is_active or person.kind == User.Kind.SYSTEM:
            raise NotFound("There is no such person.", field="user_id")
    return list(found.values())


def _check_count(wanted: set[int]) -> None:
    if len(wanted) > MEMBERS_AT_ONCE:
        raise Invalid(f"At most {MEMBERS_AT_ONCE} members at once.", field="members")


_NO_MEMBERS = (User.Kind.GUEST, User.Kind.SYSTEM)
