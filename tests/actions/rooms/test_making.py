"""Rooms that are made: their addresses, by whom, with whom, and on demand."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.actions.rooms import (
    MEMBERS_AT_ONCE,
    RESERVED_SLUGS,
    check_slug,
    create_room,
    normal_slug,
    room_on_demand,
)
from chat.errors import ChatError, Conflict, Forbidden, Invalid
from chat.models import Change, Membership, Message, Room, User
from chat.models.room import ROOM_NAME_CHARS, SLUG_CHARS, TOPIC_CHARS
from tests.cast import Cast, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Lobby", "lobby"),
        ("ＡＢＣ", "abc"),
        ("Straße", "strasse"),
        ("Ünïcode-1_2", "ünïcode-1_2"),
        ("Кафе", "кафе"),
        ("部屋", "部屋"),
        ("ﬁne", "fine"),
        ("e\u0301te\u0301", "été"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
    ],
)
def test_a_slug_is_kept_in_one_form(typed: str, slug: str) -> None:
    assert normal_slug(typed) == slug
    check_slug(slug)


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_a_valid_slug_is_found_by_whatever_it_is_written_as(text: str) -> None:
    slug = normal_slug(text)
    try:
        check_slug(slug)
    except ChatError:
        return
    assert normal_slug(slug) == slug
    assert normal_slug(unicodedata.normalize("NFD", slug)) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "",
        " ",
        "a b",
        "a/b",
        "a.b",
        "a\0b",
        "#a",
        "a\n",
        "👍",
        "x" * (SLUG_CHARS + 1),
        "a\u0301\u0302",
        "\ud800",
    ],
)
def test_a_slug_of_a_wrong_form_is_invalid(slug: str) -> None:
    with pytest.raises(Invalid) as error:
        check_slug(slug)
    assert error.value.field == "slug"


@pytest.mark.parametrize("slug", ["ADMIN", "ａｐｉ", "Me", "healthz", "new", "ws"])
def test_a_reserved_slug_is_a_conflict_however_it_is_written(cast: Cast, slug: str) -> None:
    assert normal_slug(slug) in RESERVED_SLUGS
    with pytest.raises(Conflict):
        create_room(cast.alice, "Name", "public", slug=slug)
    with pytest.raises(Conflict):
        room_on_demand(slug)
    assert "lobby" not in RESERVED_SLUGS


@pytest.mark.parametrize("kind", ["public", "open"])
def test_public_and_open_rooms_choose_their_address(cast: Cast, kind: str) -> None:
    assert create_room(cast.alice, "Name", kind, slug="Ｃhosen").slug == "chosen"
    with pytest.raises(Conflict) as error:
        create_room(cast.bob, "Other name", kind, slug="CHOSEN")
    assert error.value.field == "slug"
    assert Room.objects.filter(slug="chosen").count() == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Release party!", "release-party"),
        ("  C & C++ ", "c-c"),
        ("İstanbul", "i-stanbul"),
        ("½ pint", "1-2-pint"),
        ("ทำ", "ท-า"),
        ("ß" * 60, "ss" * 40),
    ],
)
def test_a_room_without_a_chosen_address_gets_it_from_its_name(cast: Cast, name: str, slug: str) -> None:
    room = create_room(cast.alice, name, "public")
    assert room.slug == slug
    assert room.name == name.strip()


def test_a_name_without_a_letter_gets_a_random_address(cast: Cast) -> None:
    slugs = {create_room(cast.alice, "🎉 !", "public").slug for _ in range(2)}
    assert len(slugs) == 2
    assert "" not in slugs


@pytest.mark.parametrize("kind", ["private", "direct"])
def test_private_and_direct_rooms_get_an_address_that_nobody_guesses(cast: Cast, kind: str) -> None:
    others = [person(f"other{number}").pk for number in range(3)]
    slugs = {create_room(cast.alice, "Secret", kind, members=[other]).slug for other in others}
    assert len(slugs) == 3
    assert all(len(slug) >= 16 and "secret" not in slug for slug in slugs)
    with pytest.raises(Invalid) as error:
        create_room(cast.alice, "Secret", kind, slug="chosen", members=[cast.bob.pk])
    assert error.value.field == "slug"


def test_a_new_room_starts_at_nothing_with_its_first_members(cast: Cast) -> None:
    room = create_room(
        cast.carol, "Fresh", "open", topic="news", members=[cast.bob.pk, cast.carol.pk, cast.bob.pk]
    )
    room.refresh_from_db()
    assert (room.seq, room.member_count, room.topic, room.archived) == (0, 2, "news", False)
    roles = dict(room.memberships.values_list("user__username", "role"))
    assert roles == {"carol": Membership.Role.OWNER, "bob": Membership.Role.MEMBER}
    assert not Change.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("name", {"name": " \n"}),
        ("name", {"name": "x" * (ROOM_NAME_CHARS + 1)}),
        ("name", {"name": "a\0b"}),
        ("name", {"name": "\ud800"}),
        ("topic", {"topic": "x" * (TOPIC_CHARS + 1)}),
        ("topic", {"topic": "a\0b"}),
        ("kind", {"kind": "secret"}),
        ("kind", {"kind": ""}),
        ("slug", {"slug": "a b"}),
        ("slug", {"slug": ""}),
        ("members", {"members": [0]}),
        ("members", {"members": list(range(1_000_000, 1_000_001 + MEMBERS_AT_ONCE))}),
        ("members", {"kind": "direct"}),
    ],
)
def test_a_room_of_a_wrong_make_is_invalid(cast: Cast, field: str, values: dict[str, object]) -> None:
    rooms = Room.objects.count()
    wanted: dict[str, object] = {"name": "Name", "kind": "public", **values}
    with pytest.raises(Invalid) as error:
        create_room(cast.alice, **wanted)  # type: ignore[arg-type]
    assert error.value.field == field
    assert Room.objects.count() == rooms


def test_guests_and_the_deactivated_neither_make_nor_become_members(cast: Cast) -> None:
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for nobody in (cast.gus, User.objects.get(pk=gone.pk)):
        with pytest.raises(Forbidden):
            create_room(nobody, "Name", "public")
        with pytest.raises(Invalid):
            create_room(cast.alice, "Name", "public", members=[nobody.pk])


def test_a_room_on_demand_is_public_and_nobodys(cast: Cast) -> None:
    room = room_on_demand("fresh")
    assert (room.kind, room.seq, room.member_count, room.name) == ("public", 0, 0, "fresh")
    assert not room.memberships.exists()
    assert room_on_demand("fresh") == room
    with pytest.raises(Invalid):
        room_on_demand("not a slug")


def test_a_room_on_demand_is_kept_in_the_form_in_which_it_is_looked_up(cast: Cast) -> None:
    assert room_on_demand("ＦＲＥＳＨ").slug == "fresh"
