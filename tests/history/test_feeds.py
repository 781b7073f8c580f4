"""What the hub asks: heads, who may read, and the changes of a hole as frames that lead over it."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, post_messages
from chat.actions.reactions import react
from chat.actions.rooms import ban_user, change_room, join_room, leave_room, remove_member
from chat.hub import Healed
from chat.models import Ban, Message, Room, User
from tests.cast import Cast, person, say

pytestmark = pytest.mark.django_db


def events(healed: Healed) -> list[dict[str, Any]]:
    return [json.loads(hint.frame) for hint in healed.hints]


def plain(healed: Healed) -> list[str]:
    return [json.loads(frame)["message"] for frame in healed.plain]


def assert_leads(healed: Healed, since: int, head: int) -> None:
    """Each hint begins where the one before ended, so a reader at `since` is complete to `head` after them."""
    assert [hint.prev for hint in healed.hints] == [since, *(hint.seq for hint in healed.hints[:-1])]
    assert healed.hints[-1].seq == head
    for hint, event in zip(healed.hints, events(healed), strict=True):
        assert event["message"]["seq"] == hint.seq
        assert event.get("prev", hint.seq - 1) == hint.prev


def test_a_hole_is_filled_with_frames_ascending_by_number(cast: Cast) -> None:
    for text in "abcd":
        say(cast.alice, cast.open, text)
    healed = history.changes_since(cast.open.pk, 1)
    assert_leads(healed, 1, 4)
    assert [event["message"]["text"] for event in events(healed)] == ["b", "c", "d"]
    assert plain(healed) == ["b", "c", "d"]
    assert all("prev" not in event for event in events(healed))
    assert {event["room"] for event in events(healed)} == {cast.open.slug}


def test_several_changes_of_one_message_collapse_into_its_latest(cast: Cast) -> None:
    first, second = (say(cast.alice, cast.open, text).message_id for text in "ab")
    edit_message(cast.alice, first, "A")
    react(cast.bob, first, "👍", True)
    edit_message(cast.alice, first, "AA")
    healed = history.changes_since(cast.open.pk, 0)
    assert [(hint.prev, hint.seq) for hint in healed.hints] == [(0, 2), (2, 5)]
    assert_leads(healed, 0, 5)
    assert [event.get("prev") for event in events(healed)] == [0, 2]
    assert [event["message"]["id"] for event in events(healed)] == [second, first]
    assert events(healed)[1]["message"]["text"] == "AA"


def test_the_plain_dialect_hears_texts_as_they_were_first_sent_by_id(cast: Cast) -> None:
    first, second = (say(cast.alice, cast.open, text).message_id for text in ("one", "two"))
    edit_message(cast.alice, first, "one edited")
    edit_message(cast.alice, second, "two edited")
    edit_message(cast.alice, first, "one edited again")
    assert plain(history.changes_since(cast.open.pk, 0)) == ["one", "two"]
    assert plain(history.changes_since(cast.open.pk, 1)) == ["two"], "the first was told already"
    assert plain(history.changes_since(cast.open.pk, 2)) == []


def test_the_plain_dialect_hears_nothing_deleted_and_nothing_of_the_system(cast: Cast) -> None:
    gone = say(cast.alice, cast.open, "gone").message_id
    join_room(cast.carol, cast.open.slug)
    say(cast.carol, cast.open, "kept")
    delete_message(cast.alice, gone)
    healed = history.changes_since(cast.open.pk, 0)
    assert plain(healed) == ["kept"]
    assert [event["message"]["kind"] for event in events(healed)] == ["system", "text", ""]
    assert all(hint.plain is None for hint in healed.hints), "what is plain comes apart, in another order"


def test_a_long_hole_is_filled_page_by_page_without_missing_or_doubling(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.history.feeds.HEAL_PAGE", 4)
    ids = [say(cast.alice, cast.open, f"{number}").message_id for number in range(10)]
    for message_id in (ids[7], ids[0], ids[3]):
        edit_message(cast.alice, message_id, "edited")
    since, texts, pages = 0, [], 0
    while True:
        healed = history.changes_since(cast.open.pk, since)
        assert_leads(healed, since, healed.hints[-1].seq)
        texts += plain(healed)
        since = healed.hints[-1].seq
        pages += 1
        if not healed.more:
            break
    assert (since, pages) == (13, 3)
    assert texts == [f"{number}" for number in range(10)]


def test_without_a_hole_there_is_nothing(cast: Cast) -> None:
    say(cast.alice, cast.open, "hello")
    assert history.changes_since(cast.open.pk, 1) == Healed([], [], False)
    assert history.changes_since(cast.open.pk, 5) == Healed([], [], False)
    assert history.changes_since(0, 0) == Healed([], [], False)


def test_who_left_is_named_to_the_hub(cast: Cast) -> None:
    join_room(cast.carol, cast.open.slug)
    leave_room(cast.bob, cast.open.slug)
    joined, left = history.changes_since(cast.open.pk, 0).hints
    assert (joined.recheck, joined.expelled) == (False, None)
    assert (left.recheck, left.expelled, left.reason) == (True, cast.bob.pk, "left")


def test_who_was_removed_or_banned_is_named_to_the_hub_with_the_reason(cast: Cast) -> None:
    remove_member(cast.alice, cast.open.slug, cast.bob.pk)
    ban_user(cast.alice, cast.open.slug, cast.carol.pk)
    change_room(cast.alice, cast.open.slug, name="Renamed", kind="private")
    removed, banned, kind, renamed = history.changes_since(cast.open.pk, 0).hints
    assert (removed.recheck, removed.expelled, removed.reason) == (True, cast.bob.pk, "removed")
    assert (banned.recheck, banned.expelled, banned.reason) == (True, cast.carol.pk, "banned")
    assert (renamed.recheck, renamed.expelled, renamed.reason) == (False, None, None)
    assert (kind.recheck, kind.expelled, kind.reason) == (True, None, "kind_changed")


def test_queries_of_healing_do_not_grow_with_the_hole(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            history.changes_since(cast.open.pk, 0)
        return len(captured)

    message_id = say(cast.alice, cast.open, "first").message_id
    edit_message(cast.alice, message_id, "edited")
    before = queries()
    post_messages([Draft(cast.bob.pk, cast.open.slug, f"{number}") for number in range(50)])
    assert queries() == before <= 4


def test_heads_are_those_of_the_rooms_asked_for(cast: Cast) -> None:
    say(cast.alice, cast.open, "hello")
    assert history.head(cast.open.pk) == 1
    assert history.heads([cast.open.pk, cast.lobby.pk, 0]) == {cast.open.pk: 1, cast.lobby.pk: 0}
    assert history.heads([]) == {}


@pytest.mark.parametrize("guests", ["off", "read", "write"])
def test_who_may_read_now_is_what_each_would_see(cast: Cast, guests: str, settings: Any) -> None:
    settings.CHAT_GUESTS = guests
    gone = User.objects.create(username="gone", is_active=False)
    dave, ghost = person("dave"), person("ghost", User.Kind.GUEST)
    for banned in (dave, ghost):
        for room in cast.rooms:
            Ban.objects.create(room=room, user=banned)
    # Those who are banned come first: nobody is judged by another.
    people: list[User | None] = [dave, ghost, cast.alice, cast.bob, cast.carol, cast.gus, None]
    everybody = {person.pk if person else None for person in [*people, gone]}
    for room in cast.rooms:
        seen = {
            person.pk if person else None
            for person in people
            if Room.objects.visible_to(person).filter(pk=room.pk).exists()
        }
        assert history.may_read(room.pk, everybody) == seen
        assert history.may_read(room.pk, {cast.bob.pk}) == {cast.bob.pk}
        assert history.may_read(room.pk, set()) == set()
    assert history.may_read(0, everybody) == set()
    assert Message.objects.count() == 0
