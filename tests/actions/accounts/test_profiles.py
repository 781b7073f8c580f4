"""What people change about themselves, and in which rooms another name is told."""

import pytest

from chat import database
from chat.actions.accounts import create_token
from chat.actions.accounts.profiles import change_profile
from chat.actions.rooms import create_room, leave_room
from chat.errors import Invalid
from chat.models import User
from chat.models.user import NAME_CHARS
from tests.cast import Cast, assemble, say
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def as_kept(user: User) -> tuple[str, bool]:
    row = User.objects.get(pk=user.pk)
    return row.name, row.hides_presence


def test_only_what_is_given_changes(cast: Cast) -> None:
    assert change_profile(cast.bob, name=" Robert ").name == "Robert"
    assert as_kept(cast.bob) == ("Robert", False)
    assert change_profile(cast.bob, hides_presence=True).hides_presence
    assert as_kept(cast.bob) == ("Robert", True)
    change_profile(cast.bob)
    assert as_kept(cast.bob) == ("Robert", True)
    assert User.objects.get(pk=cast.bob.pk).username == "bob"


def test_an_account_without_a_name_shows_its_username_and_a_guest_needs_one(cast: Cast) -> None:
    assert change_profile(cast.bob, name=" ").display_name == "bob"
    assert change_profile(cast.gus, name="Gustav").display_name == "Gustav"
    with pytest.raises(Invalid) as error:
        change_profile(cast.gus, name=" ")
    assert error.value.field == "name"
    assert as_kept(cast.gus) == ("Gustav", False)


@pytest.mark.parametrize("name", ["x" * (NAME_CHARS + 1), "a\0b", "\ud800"])
def test_a_name_of_a_wrong_form_is_invalid(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid) as error:
        change_profile(cast.bob, name=name, hides_presence=True)
    assert error.value.field == "name"
    assert as_kept(cast.bob) == ("Bob", False)


async def test_a_name_is_told_in_the_rooms_one_belongs_to_or_wrote_in_and_in_no_other() -> None:
    cast = await database.write(assemble)
    await database.write(say, cast.bob, cast.open, "I was here")
    await database.write(leave_room, cast.bob, "open")
    secret = await database.write(create_token, cast.alice)
    signed_in = {"authorization": f"Bearer {secret}"}
    other = (await database.write(create_room, cast.alice, "Alone", "open")).slug
    heard: dict[str, int] = {}
    for slug in (cast.private.slug, "open", other):
        async with Socket(f"/ws/chat/{slug}/", headers=signed_in) as socket:
            await socket.event("subscribed")
            await database.write(change_profile, cast.bob, name=f"Bob in {slug}")
            await database.write(change_profile, cast.bob, name=f"Bob in {slug}")
            await database.write(change_profile, cast.bob, hides_presence=slug == "open")
            await database.flush()
            await socket.silent()
            users = [event["user"] for event in socket.events if event["type"] == "user"]
            heard[slug] = len(users)
            assert {user["name"] for user in users} <= {f"Bob in {slug}"}
            assert {user["id"] for user in users} <= {cast.bob.pk}
    assert heard == {cast.private.slug: 1, "open": 1, other: 0}
