"""Everything by one person goes: by the rules of a single removal, in steps, and nothing by anybody else."""

import pytest

from chat.actions import purge
from chat.actions.edits import edit_message
from chat.actions.purge import Left, delete_some_by, left_of
from chat.actions.reactions import react
from chat.actions.rooms import archive_room
from chat.models import AuditEntry, Change, Mention, Message, Reaction, Revision, User
from tests.cast import Cast, assert_log_is_whole, message_of, say

NOTHING = Left(0, 0, 0)


def delete_all(user: User, by: User | None) -> list[int]:
    """Every step to the last; how many messages each changed."""
    steps = []
    while changed := delete_some_by(user, by):
        steps.append(changed)
    return steps


def texts_of(user: User) -> list[str]:
    return list(Message.objects.filter(author=user, deleted=False).values_list("text", flat=True))


@pytest.mark.django_db
def test_nothing_of_what_a_person_wrote_is_left_anywhere(cast: Cast) -> None:
    for room in cast.rooms:
        said = say(cast.bob, room, f"something bad in {room.slug}")
        edit_message(cast.bob, said.message_id, "something worse")
        Mention.objects.create(message=message_of(said), user=cast.alice, room=room)
    react(cast.alice, said.message_id, "👍", True)
    assert left_of(cast.bob) == Left(4, 4, 0)
    assert delete_all(cast.bob, cast.alice) == [4]
    assert left_of(cast.bob) == NOTHING
    tombstones = Message.objects.filter(author=cast.bob)
    assert {(row.deleted, row.text, row.html, row.digest) for row in tombstones} == {(True, "", "", "")}
    assert not Revision.objects.exists()
    assert not Reaction.objects.exists()
    assert not Mention.objects.exists()
    for room in cast.rooms:
        assert_log_is_whole(room)


@pytest.mark.django_db
def test_what_others_wrote_and_what_the_system_records_stays(cast: Cast) -> None:
    say(cast.alice, cast.lobby, "good")
    say(cast.bob, cast.lobby, "bad")
    archive_room(cast.alice, cast.lobby.slug, True)
    delete_all(cast.alice, cast.bob)
    assert texts_of(cast.bob) == ["bad"]
    record = Message.objects.get(kind=Message.Kind.SYSTEM)
    assert (record.author, record.deleted) == (cast.alice, False)


@pytest.mark.django_db
def test_each_message_takes_one_number_also_in_an_archived_room(cast: Cast) -> None:
    for number in range(3):
        say(cast.bob, cast.lobby, f"text {number}")
    archive_room(cast.alice, cast.lobby.slug, True)
    delete_all(cast.bob, cast.alice)
    kinds = list(Change.objects.filter(room=cast.lobby).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["create"] * 4 + ["delete"] * 3
    assert_log_is_whole(cast.lobby)


@pytest.mark.django_db
def test_reactions_to_what_others_wrote_go_too_each_message_changing_once(cast: Cast) -> None:
    liked = say(cast.alice, cast.lobby, "liked")
    for emoji in ("👍", "🎉"):
        react(cast.bob, liked.message_id, emoji, True)
    react(cast.alice, liked.message_id, "👍", True)
    assert left_of(cast.bob) == Left(0, 0, 1)
    seq = message_of(liked).seq
    assert delete_all(cast.bob, cast.alice) == [1]
    assert message_of(liked).seq == seq + 1
    assert list(Reaction.objects.values_list("user__username", "emoji")) == [("alice", "👍")]
    assert left_of(cast.bob) == NOTHING
    assert_log_is_whole(cast.lobby)


@pytest.mark.django_db
def test_a_thread_keeps_its_count_and_no_message_takes_two_numbers_at_once(cast: Cast) -> None:
    mine, other = (say(author, cast.lobby, "root") for author in (cast.bob, cast.alice))
    for root in (mine, other, other):
        say(cast.bob, cast.lobby, "reply", thread=root.message_id)
    say(cast.alice, cast.lobby, "reply", thread=other.message_id)
    assert delete_some_by(cast.bob, None) == 3
    # The reply to the root that went just now waits: the root has taken its number.
    assert texts_of(cast.bob) == ["reply"]
    assert message_of(other).replies == 1
    assert delete_all(cast.bob, None) == [1]
    assert message_of(mine).replies == 0
    assert_log_is_whole(cast.lobby)


@pytest.mark.django_db
def test_it_goes_in_steps_and_goes_on_where_it_was_interrupted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "CHANGED_AT_ONCE", 2)
    for number in range(5):
        say(cast.bob, cast.lobby, f"text {number}")
    assert delete_some_by(cast.bob, cast.alice) == 2
    assert texts_of(cast.bob) == ["text 2", "text 3", "text 4"]
    assert delete_all(cast.bob, cast.alice) == [2, 1]
    assert_log_is_whole(cast.lobby)


@pytest.mark.django_db
def test_every_step_is_recorded_with_numbers_and_without_words(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "CHANGED_AT_ONCE", 2)
    liked = say(cast.alice, cast.lobby, "liked")
    react(cast.bob, liked.message_id, "👍", True)
    for _ in range(3):
        say(cast.bob, cast.lobby, "something bad")
    delete_all(cast.bob, cast.alice)
    entries = AuditEntry.objects.filter(action="everything_deleted").order_by("id")
    assert [entry.details for entry in entries] == [
        {"messages": 2},
        {"messages": 1},
        {"reactions": 1},
    ]
    assert {(entry.actor_name, entry.target_name) for entry in entries} == {("alice", "bob")}
    assert "something bad" not in str(list(AuditEntry.objects.values()))


@pytest.mark.django_db
def test_where_nothing_is_left_nothing_is_done_or_recorded(cast: Cast) -> None:
    assert delete_all(cast.bob, cast.alice) == []
    assert not AuditEntry.objects.exists()
