"""What stands in the address of a room, and how a person is named in a request."""

from typing import Annotated

import msgspec

from chat.actions.rooms import check_slug, normal_slug
from chat.errors import ChatError, Invalid, NotFound
from chat.protocol.commands import LARGEST_ID

PersonId = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class Person(msgspec.Struct):
    """One person, by id."""

    user_id: PersonId | None = None


def slug_in_path(text: str) -> str:
    """The slug as it is kept; raises NotFound, as for a missing room, for what can be none."""
    slug = normal_slug(text)
    try:
        check_slug(slug)
    except ChatError:
        raise NotFound("There is no such room.", field="room") from None
    return slug


def person_in(*places: Person) -> int:
    """The id that one of these places names; raises Invalid for none and for two that differ."""
    named = {place.user_id for place in places if place.user_id is not None}
    if len(named) != 1:
        raise Invalid("Name one person by user_id.", field="user_id")
    return named.pop()
