"""Of which messages of a room a member wants to be told."""

import pytest

from chat.actions.rooms import set_notify
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Membership
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("level", ["all", "mentions", "none"])
def test_a_member_sets_their_own_level(cast: Cast, level: str) -> None:
    set_notify(cast.bob, cast.open.slug, level)
    levels = dict(Membership.objects.filter(room=cast.open).values_list("user__username", "notify"))
    assert levels == {"alice": "all", "bob": level}
    assert Membership.objects.get(room=cast.lobby, user=cast.bob).notify == "all"


def test_it_takes_a_membership_and_a_known_level(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        set_notify(cast.carol, cast.open.slug, "none")
    with pytest.raises(NotFound):
        set_notify(cast.carol, cast.private.slug, "none")
    with pytest.raises(Invalid) as error:
        set_notify(cast.bob, cast.open.slug, "loud")
    assert error.value.field == "notify"
