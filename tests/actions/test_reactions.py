"""Reactions: one per person and emoji, real emoji only, and not without end."""

import emoji
import pytest

from chat import history
from chat.actions.edits import delete_message
from chat.actions.reactions import react
from chat.actions.rooms import archive_room, join_room
from chat.errors import Archived, Forbidden, Invalid, NotFound
from chat.limits import REACTION_USERS_LISTED, REACTIONS_PER_MESSAGE
from chat.models import Change, Message, Reaction
from chat.protocol.objects import ReactionObject
from tests.cast import Cast, assert_log_is_whole, person, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(cast: Cast) -> int:
    """A message of alice's in the lobby, at number 1."""
    return say(cast.alice, cast.lobby, "react to this").message_id


def shown(message_id: int) -> list[ReactionObject]:
    return history.message_for(None, message_id).reactions


def test_a_reaction_is_set_and_removed_each_with_a_number(cast: Cast, target: int) -> None:
    assert react(cast.bob, target, "👍", True) == 2
    assert shown(target) == [ReactionObject("👍", 1, [cast.bob.pk])]
    assert react(cast.bob, target, "👍", False) == 3
    assert shown(target) == []
    assert list(Change.objects.order_by("seq").values_list("kind", flat=True)) == ["create", "react", "react"]
    assert_log_is_whole(cast.lobby)


def test_what_is_so_already_takes_no_number(cast: Cast, target: int) -> None:
    assert react(cast.bob, target, "👍", False) == 1
    assert react(cast.bob, target, "👍", True) == 2
    assert react(cast.bob, target, "👍", True) == 2
    assert Reaction.objects.count() == 1
    assert_log_is_whole(cast.lobby)


def test_reactions_change_neither_the_text_nor_its_number(cast: Cast, target: int) -> None:
    react(cast.bob, target, "👍", True)
    row = Message.objects.get(pk=target)
    assert (row.text_seq, row.edited_at, row.text) == (1, None, "react to this")


def test_emoji_stand_in_the_order_in_which_they_first_came(cast: Cast, target: int) -> None:
    for someone, what in ((cast.bob, "🎉"), (cast.alice, "👍"), (cast.alice, "🎉"), (cast.carol, "👍")):
        react(someone, target, what, True)
    assert shown(target) == [
        ReactionObject("🎉", 2, [cast.bob.pk, cast.alice.pk]),
        ReactionObject("👍", 2, [cast.alice.pk, cast.carol.pk]),
    ]


@pytest.mark.parametrize("real", ["👍", "👍🏽", "❤️", "🇩🇪", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "🫱🏻‍🫲🏿", "♂️", "☺"])
def test_real_emoji_are_taken_of_every_make(cast: Cast, target: int, real: str) -> None:
    assert react(cast.bob, target, real, True) == 2
    assert shown(target)[0].emoji == real


def test_every_emoji_that_people_may_pick_is_taken_and_fits_its_column() -> None:
    longest = max(emoji.EMOJI_DATA, key=len)
    assert len(longest) <= Reaction._meta.get_field("emoji").max_length  # type: ignore[operator]


@pytest.mark.parametrize(
    "fake",
    [
        "",
        " ",
        "x",
        "1",
        "#",
        ":thumbsup:",
        "👍👍",
        "👍 ",
        " 👍",
        "👍x",
        "<b>",
        "\0",
        "\ud83d",
        "\u200d",
        "🏽",
        "🦰",
    ],
)
def test_anything_else_is_invalid(cast: Cast, target: int, fake: str) -> None:
    for on in (True, False):
        with pytest.raises(Invalid) as error:
            react(cast.bob, target, fake, on)
        assert error.value.field == "emoji"


def test_a_very_long_text_is_no_emoji(cast: Cast, target: int) -> None:
    with pytest.raises(Invalid):
        react(cast.bob, target, "👍" * 10_000, True)


def test_a_message_takes_only_so_many_different_emoji(cast: Cast, target: int) -> None:
    many = [
        what for what, data in emoji.EMOJI_DATA.items() if data["status"] == emoji.STATUS["fully_qualified"]
    ]
    for what in many[:REACTIONS_PER_MESSAGE]:
        react(cast.bob, target, what, True)
    with pytest.raises(Invalid) as error:
        react(cast.alice, target, many[REACTIONS_PER_MESSAGE], True)
    assert error.value.field == "emoji"
    head = react(cast.alice, target, many[0], True)
    assert head == REACTIONS_PER_MESSAGE + 2, "one that is there already takes others along"
    react(cast.bob, target, many[1], False)
    react(cast.alice, target, many[REACTIONS_PER_MESSAGE], True)
    assert len(shown(target)) == REACTIONS_PER_MESSAGE


def test_a_message_names_only_the_first_people_of_a_reaction(cast: Cast, target: int) -> None:
    people = [person(f"fan {number}") for number in range(REACTION_USERS_LISTED + 5)]
    for someone in people:
        react(someone, target, "👍", True)
    [found] = shown(target)
    assert found.count == len(people)
    assert found.users == [someone.pk for someone in people[:REACTION_USERS_LISTED]]


def test_who_may_not_write_does_not_react(cast: Cast) -> None:
    in_open = say(cast.alice, cast.open, "open").message_id
    in_private = say(cast.alice, cast.private, "private").message_id
    with pytest.raises(Forbidden):
        react(cast.carol, in_open, "👍", True)
    with pytest.raises(NotFound):
        react(cast.carol, in_private, "👍", True)
    assert react(cast.bob, in_private, "👍", True) == 2


def test_what_is_deleted_archived_or_of_the_system_takes_no_reaction(cast: Cast) -> None:
    join_room(cast.carol, cast.open.slug)
    record = Message.objects.get(kind=Message.Kind.SYSTEM).pk
    with pytest.raises(Forbidden):
        react(cast.bob, record, "👍", True)
    gone = say(cast.bob, cast.open, "gone").message_id
    delete_message(cast.bob, gone)
    with pytest.raises(NotFound):
        react(cast.bob, gone, "👍", True)
    kept = say(cast.bob, cast.open, "kept").message_id
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        react(cast.bob, kept, "👍", True)
