"""Pages by message id, single messages, and the list of rooms with what is unread in them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, post_messages
from chat.actions.reactions import react
from chat.actions.rooms import join_room, remove_member
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Membership, Message, Room, User
from chat.protocol.commands import LARGEST_ID
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(cast: Cast) -> list[int]:
    """Twelve messages in the lobby, with others in between that belong elsewhere."""
    for number in range(12):
        for room in (cast.lobby, cast.private):
            say(cast.alice, room, f"{number}")
    return list(Message.objects.filter(room=cast.lobby).order_by("id").values_list("pk", flat=True))


def listed(cast: Cast, **bounds: int) -> tuple[list[int], bool, bool]:
    page = history.page(cast.bob, cast.lobby.slug, **bounds)
    return [message.id for message in page.messages], page.has_older, page.has_newer


def test_without_a_bound_the_newest_are_given_ascending(cast: Cast, ids: list[int]) -> None:
    assert listed(cast, limit=5) == (ids[-5:], True, False)
    assert listed(cast, limit=12) == (ids, False, False)
    assert listed(cast) == (ids, False, False)


def test_pages_before_lead_to_the_first_message_without_a_gap(cast: Cast, ids: list[int]) -> None:
    assert listed(cast, before=ids[7], limit=5) == (ids[2:7], True, True)
    assert listed(cast, before=ids[2], limit=5) == (ids[:2], False, True)
    assert listed(cast, before=ids[5], limit=5) == (ids[:5], False, True)
    assert listed(cast, before=ids[0], limit=5) == ([], False, True)
    assert listed(cast, before=LARGEST_ID, limit=5) == (ids[-5:], True, False)


def test_pages_after_lead_to_the_last_message_without_a_gap(cast: Cast, ids: list[int]) -> None:
    assert listed(cast, after=ids[2], limit=5) == (ids[3:8], True, True)
    assert listed(cast, after=ids[6], limit=5) == (ids[7:], True, False)
    assert listed(cast, after=ids[-1], limit=5) == ([], True, False)
    assert listed(cast, after=0, limit=5) == (ids[:5], False, True)
    assert listed(cast, after=LARGEST_ID, limit=5) == ([], True, False)


def test_a_page_around_has_the_message_and_both_sides(cast: Cast, ids: list[int]) -> None:
    assert listed(cast, around=ids[5], limit=4) == (ids[4:8], True, True)
    assert listed(cast, around=ids[5], limit=5) == (ids[3:8], True, True)
    assert listed(cast, around=ids[5], limit=1) == ([ids[5]], True, True)
    assert listed(cast, around=ids[0], limit=4) == (ids[:3], False, True)
    assert listed(cast, around=ids[-1], limit=4) == (ids[-2:], True, False)
    assert listed(cast, around=ids[5] + 1, limit=4) == (ids[4:8], True, True), "an id of another room"


def test_an_empty_room_has_nothing_on_any_side(cast: Cast) -> None:
    for bounds in ({}, {"before": 5}, {"after": 5}, {"around": 5}):
        assert listed(cast, **bounds) == ([], False, False)


@pytest.mark.parametrize("limit", [0, -1, 101, 10**9])
def test_a_limit_out_of_range_is_invalid(cast: Cast, limit: int) -> None:
    with pytest.raises(Invalid) as error:
        history.page(cast.bob, cast.lobby.slug, limit=limit)
    assert error.value.field == "limit"


def test_more_than_one_bound_is_invalid(cast: Cast) -> None:
    with pytest.raises(Invalid):
        history.page(cast.bob, cast.lobby.slug, before=1, after=0)


def test_a_page_says_how_far_the_room_is(cast: Cast, ids: list[int]) -> None:
    edit_message(cast.alice, ids[0], "edited")
    assert history.page(cast.bob, cast.lobby.slug).seq == 13


def test_hidden_and_missing_are_alike_for_pages_and_messages(cast: Cast) -> None:
    hidden = say(cast.alice, cast.private, "secret").message_id
    assert history.message_for(cast.bob, hidden).text == "secret"
    for slug in (cast.private.slug, "missing"):
        with pytest.raises(NotFound, match="There is no such room"):
            history.page(cast.carol, slug)
    for message_id in (hidden, hidden + 1, LARGEST_ID, 0):
        with pytest.raises(NotFound, match="There is no such message"):
            history.message_for(cast.carol, message_id)


def test_messages_by_id_leaves_out_what_may_not_be_read(cast: Cast, ids: list[int]) -> None:
    secret = say(cast.alice, cast.private, "secret").message_id
    asked = [secret, ids[3], ids[1], LARGEST_ID]
    assert [found.id for found in history.messages_by_id(cast.carol, asked)] == [ids[1], ids[3]]
    assert [found.id for found in history.messages_by_id(cast.bob, asked)] == [ids[1], ids[3], secret]
    assert history.messages_by_id(cast.bob, []) == []


def test_revisions_are_for_the_author_and_operators(cast: Cast) -> None:
    message_id = say(cast.bob, cast.open, "first").message_id
    edit_message(cast.bob, message_id, "second")
    edit_message(cast.bob, message_id, "third")
    assert [found.text for found in history.revisions_of(cast.bob, message_id)] == ["first", "second"]
    for stranger, error in ((cast.alice, Forbidden), (cast.carol, Forbidden), (cast.gus, NotFound)):
        with pytest.raises(error):
            history.revisions_of(stranger, message_id)
    User.objects.filter(pk=cast.alice.pk).update(is_staff=True)
    assert len(history.revisions_of(User.objects.get(pk=cast.alice.pk), message_id)) == 2
    delete_message(cast.bob, message_id)
    assert history.revisions_of(cast.bob, message_id) == []


def unread(user: User, room: Room) -> int:
    [found] = [found for found in history.rooms_for(user) if found.slug == room.slug]
    single = history.room_for(user, room.slug)
    assert isinstance(found.me, type(single.me))
    assert single == found
    return found.me.unread  # type: ignore[union-attr]


def test_unread_are_the_texts_of_others_above_the_position(cast: Cast) -> None:
    assert unread(cast.bob, cast.open) == 0
    posted = [say(cast.alice, cast.open, f"{number}") for number in range(4)]
    say(cast.bob, cast.open, "his own")
    assert unread(cast.bob, cast.open) == 4
    assert unread(cast.alice, cast.open) == 1
    Membership.objects.filter(user=cast.bob, room=cast.open).update(read_id=posted[1].message_id)
    assert unread(cast.bob, cast.open) == 2
    assert unread(cast.alice, cast.open) == 1, "everybody has a position of their own"
    delete_message(cast.alice, posted[3].message_id)
    assert unread(cast.bob, cast.open) == 1


def test_what_the_system_says_and_what_was_before_is_not_unread(cast: Cast) -> None:
    say(cast.alice, cast.open, "before carol came")
    join_room(cast.carol, cast.open.slug)
    assert unread(cast.carol, cast.open) == 0
    assert unread(cast.bob, cast.open) == 1
    say(cast.alice, cast.open, "since")
    assert unread(cast.carol, cast.open) == 1


def test_without_a_membership_nothing_is_counted(cast: Cast) -> None:
    say(cast.alice, cast.open, "hello")
    assert unread(cast.carol, cast.open) == 0


def test_rooms_are_mine_first_then_those_i_may_read_each_by_name(cast: Cast) -> None:
    Room.objects.create(slug="aa", name="Aa", kind=Room.Kind.OPEN)

    def names(user: User | None) -> list[str]:
        return [room.name for room in history.rooms_for(user)]

    assert names(cast.bob) == ["Alice and Bob", "Lobby", "Open", "Private", "Aa"]
    assert names(cast.carol) == ["Aa", "Lobby", "Open"]
    assert names(cast.gus) == ["Lobby"]
    assert names(None) == ["Lobby"]


def test_my_part_of_a_room_is_told(cast: Cast) -> None:
    roles = {}
    for person in (cast.alice, cast.bob, cast.carol):
        me = history.room_for(person, cast.open.slug).me
        roles[person.username] = getattr(me, "role", "unset")
    assert roles == {"alice": "owner", "bob": "member", "carol": None}


def test_queries_grow_neither_with_rooms_nor_with_messages(cast: Cast, ids: list[int]) -> None:
    def queries() -> list[int]:
        counts = []
        for ask in (
            lambda: history.rooms_for(cast.bob),
            lambda: history.page(cast.bob, cast.lobby.slug),
            lambda: history.messages_by_id(cast.bob, ids),
        ):
            with CaptureQueriesContext(connection) as captured:
                ask()
            counts.append(len(captured))
        return counts

    react(cast.bob, ids[0], "👍", True)
    before = queries()
    post_messages([Draft(cast.alice.pk, cast.lobby.slug, "more") for _ in range(30)])
    for number in range(10):
        Room.objects.create(slug=f"more-{number}", name="More").memberships.create(user=cast.bob)
        react(cast.alice, ids[number], "🎉", True)
    assert queries() == before
    assert max(before) <= 4


@pytest.mark.parametrize(
    "read", [history.page, history.pinned, lambda user, slug: history.sync(user, slug, 0, None)]
)
def test_who_loses_the_room_while_the_rows_are_read_gets_none(
    cast: Cast, read: Callable[..., object]
) -> None:
    say(cast.alice, cast.private, "before")
    slug = cast.private.slug
    lost = False

    def losing(execute: Any, statement: str, *rest: Any) -> Any:
        nonlocal lost
        if 'FROM "chat_message"' in statement and not lost:
            lost = True
            remove_member(cast.alice, slug, cast.bob.pk)
        return execute(statement, *rest)

    read(cast.bob, slug)
    with connection.execute_wrapper(losing), pytest.raises(NotFound):
        read(cast.bob, slug)
    assert lost
