"""`sync`: from any number, page by page, a reader becomes complete to the head; or is told to begin anew."""

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, post_messages
from chat.actions.reactions import react
from chat.errors import NotFound
from chat.limits import PAGE_BYTES
from chat.models import Installation, Message, Room, User
from chat.protocol.objects import MessageObject, PageObject
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


def talk(author: User, room: Room, count: int, text: str = "text") -> list[int]:
    """Post so many texts at once; their ids."""
    post_messages([Draft(author.pk, room.slug, f"{text} {number}") for number in range(count)])
    newest = Message.objects.filter(room=room).order_by("-id").values_list("pk", flat=True)[:count]
    return sorted(newest)


def head(room: Room) -> int:
    return Room.objects.get(pk=room.pk).seq


def fresh(room: Room) -> dict[int, MessageObject]:
    """Everything in the room as it now is."""
    ids = list(Message.objects.filter(room=room).values_list("pk", flat=True))
    return {message.id: message for message in history.messages_by_id(None, ids)}


def seqs(page: PageObject) -> list[int]:
    return sorted(message.seq for message in page.messages)


def follow(user: User, room: Room, since: int) -> tuple[dict[int, MessageObject], int, list[PageObject]]:
    """What a client does: ask until there is no more, put in what is higher than what it has."""
    held: dict[int, MessageObject] = {}
    pages: list[PageObject] = []
    while not pages or pages[-1].more:
        page = history.sync(user, room.slug, since, None)
        assert not page.reset
        for message in page.messages:
            if message.id not in held or held[message.id].seq < message.seq:
                held[message.id] = message
        assert page.seq > since or not page.more
        since = page.seq
        pages.append(page)
    return held, since, pages


def test_sync_gives_the_messages_that_changed_above_the_number(cast: Cast) -> None:
    first, second, _ = talk(cast.alice, cast.lobby, 3)
    edit_message(cast.alice, first, "edited")
    react(cast.bob, second, "👍", True)
    page = history.sync(cast.bob, cast.lobby.slug, 3, None)
    assert [(message.id, message.seq) for message in page.messages] == [(first, 4), (second, 5)]
    assert (page.seq, page.more, page.reset) == (5, False, False)
    assert page.messages[0].text == "edited"
    assert page.messages[1].reactions[0].users == [cast.bob.pk]


def test_messages_are_listed_ascending_by_id_whatever_their_numbers(cast: Cast) -> None:
    ids = talk(cast.alice, cast.lobby, 4)
    for message_id in reversed(ids):
        edit_message(cast.alice, message_id, "later")
    page = history.sync(cast.bob, cast.lobby.slug, 0, None)
    assert [message.id for message in page.messages] == ids
    assert seqs(page) == [5, 6, 7, 8]


def test_who_is_complete_gets_nothing_new(cast: Cast) -> None:
    talk(cast.alice, cast.lobby, 3)
    page = history.sync(cast.bob, cast.lobby.slug, 3, None)
    assert page == PageObject(3, [], False, False)


def test_an_empty_room_is_complete_at_nothing(cast: Cast) -> None:
    assert history.sync(cast.bob, cast.lobby.slug, 0, None) == PageObject(0, [], False, False)
    assert history.sync(cast.bob, cast.lobby.slug, None, None) == PageObject(
        0, [], False, True, has_older=False
    )


def test_a_deletion_is_a_change_like_any_other(cast: Cast) -> None:
    [message_id] = talk(cast.alice, cast.lobby, 1)
    delete_message(cast.alice, message_id)
    [tombstone] = history.sync(cast.bob, cast.lobby.slug, 1, None).messages
    assert (tombstone.id, tombstone.seq, tombstone.deleted, tombstone.text) == (message_id, 2, True, "")


@pytest.mark.parametrize("count", [199, 200, 201, 401])
def test_pages_of_at_most_200_lead_to_the_head_exactly(cast: Cast, count: int) -> None:
    ids = talk(cast.alice, cast.lobby, count)
    held, complete_to, pages = follow(cast.bob, cast.lobby, 0)
    assert sorted(held) == ids
    assert complete_to == count
    assert [len(page.messages) for page in pages[:-1]] == [200] * (len(pages) - 1)
    assert len(pages) == -(-count // 200)
    assert all(page.seq == max(seqs(page)) for page in pages)


def test_a_page_holds_the_lowest_numbers_so_that_nothing_between_is_missed(cast: Cast) -> None:
    ids = talk(cast.alice, cast.lobby, 210)
    for message_id in ids[:10]:
        edit_message(cast.alice, message_id, "edited")
    page = history.sync(cast.bob, cast.lobby.slug, 0, None)
    assert seqs(page) == list(range(11, 211))
    assert (page.seq, page.more) == (210, True)
    held, complete_to, _ = follow(cast.bob, cast.lobby, 0)
    assert complete_to == head(cast.lobby)
    assert held == fresh(cast.lobby)


def test_a_page_of_long_texts_is_cut_so_that_it_stays_a_frame(cast: Cast) -> None:
    post_messages([Draft(cast.alice.pk, cast.lobby.slug, f"{number} " + "x" * 9_000) for number in range(30)])
    held, complete_to, pages = follow(cast.bob, cast.lobby, 0)
    assert len(pages) > 1
    assert (len(held), complete_to) == (30, 30)
    # A thousand bytes are more than what else there is of a message.
    assert max(len(msgspec.json.encode(page)) for page in pages) <= PAGE_BYTES + 30 * 1_000


@pytest.mark.parametrize("character", ["😀", "é", '"', "\x01", "<"])
def test_the_newest_page_is_cut_too_and_says_so(cast: Cast, character: str) -> None:
    """50 of the longest texts were four megabytes, which many clients refuse: such a room could not be opened."""
    post_messages([Draft(cast.alice.pk, cast.lobby.slug, character * 9_999 + "x") for _ in range(50)])
    page = history.sync(cast.bob, cast.lobby.slug, None, None)
    assert len(msgspec.json.encode(page)) < 1 << 20
    assert page.reset
    assert page.has_older is True
    found = page.messages
    while len(found) < 50:
        older = history.page(cast.bob, cast.lobby.slug, before=found[0].id, limit=100)
        assert len(msgspec.json.encode(older)) < 1 << 20
        assert older.has_older == (len(older.messages) + len(found) < 50)
        found = older.messages + found
    assert [message.seq for message in found] == list(range(1, 51))


def test_a_newest_page_without_anything_older_says_so(cast: Cast) -> None:
    talk(cast.alice, cast.lobby, 50)
    assert history.sync(cast.bob, cast.lobby.slug, None, None).has_older is False
    talk(cast.alice, cast.lobby, 1)
    page = history.sync(cast.bob, cast.lobby.slug, None, None)
    assert (len(page.messages), page.has_older) == (50, True)
    changes = history.sync(cast.bob, cast.lobby.slug, 3, None)
    assert "has_older" not in msgspec.to_builtins(changes)


def test_what_comes_while_a_reader_turns_pages_is_not_missed(cast: Cast) -> None:
    ids = talk(cast.alice, cast.lobby, 250)
    first = history.sync(cast.bob, cast.lobby.slug, 0, None)
    edit_message(cast.alice, ids[0], "already given, changed since")
    edit_message(cast.alice, ids[-1], "not given yet")
    say(cast.alice, cast.lobby, "new")
    held, complete_to, _ = follow(cast.bob, cast.lobby, first.seq)
    held = {message.id: message for message in first.messages} | held
    assert complete_to == head(cast.lobby)
    assert held == fresh(cast.lobby)


@pytest.mark.parametrize(
    ("since", "epoch", "reset"),
    [
        (None, None, True),
        (4, None, True),
        (3, None, False),
        (1, "other", True),
        (0, None, False),
        (2**53, None, True),
    ],
)
def test_a_reader_who_cannot_be_continued_begins_anew(
    cast: Cast, since: int | None, epoch: str | None, reset: bool
) -> None:
    talk(cast.alice, cast.lobby, 3)
    page = history.sync(cast.bob, cast.lobby.slug, since, epoch)
    assert page.reset is reset
    if reset:
        assert (page.seq, page.more, seqs(page)) == (3, False, [1, 2, 3])


def test_the_right_epoch_and_none_continue(cast: Cast) -> None:
    talk(cast.alice, cast.lobby, 3)
    for epoch in (history.epoch(), None):
        assert not history.sync(cast.bob, cast.lobby.slug, 1, epoch).reset
    Installation.objects.update(epoch="after a restore")
    assert history.epoch() == "after a restore"
    assert history.sync(cast.bob, cast.lobby.slug, 1, "after a restore").reset is False


def test_more_than_2000_messages_behind_is_anew_and_2000_is_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert history.SYNC_REACH == 2_000
    monkeypatch.setattr("chat.history.pages.SYNC_REACH", 210)
    ids = talk(cast.alice, cast.lobby, 211)
    assert history.sync(cast.bob, cast.lobby.slug, 0, None).reset
    assert not history.sync(cast.bob, cast.lobby.slug, 1, None).reset
    for on in (True, False, True):
        react(cast.bob, ids[-1], "👍", on)
    assert not history.sync(cast.bob, cast.lobby.slug, 1, None).reset, "messages count, not numbers"


def test_the_newest_page_has_50(cast: Cast) -> None:
    ids = talk(cast.alice, cast.lobby, 60)
    page = history.sync(cast.bob, cast.lobby.slug, None, None)
    assert [message.id for message in page.messages] == ids[10:]
    assert page.seq == 60


@pytest.mark.parametrize("slug", ["no-such-room", "", "a\0b", "\ud800"])
def test_hidden_and_missing_rooms_look_the_same(cast: Cast, slug: str) -> None:
    def refusal(of: str) -> tuple[str, str | None]:
        with pytest.raises(NotFound) as error:
            history.sync(cast.carol, of, 0, None)
        return error.value.detail, error.value.field

    assert history.sync(cast.bob, cast.private.slug, 0, None).seq == 0
    assert refusal(cast.private.slug) == refusal(cast.direct.slug) == refusal(slug)


def test_queries_do_not_grow_with_the_messages(cast: Cast) -> None:
    def queries(since: int | None) -> int:
        with CaptureQueriesContext(connection) as captured:
            history.snapshot(cast.bob, cast.lobby.slug, since, history.epoch())
        return len(captured)

    first = talk(cast.alice, cast.lobby, 2)
    react(cast.bob, first[0], "👍", True)
    few = queries(0), queries(None)
    for message_id in talk(cast.bob, cast.lobby, 100)[-10:]:
        react(cast.alice, message_id, "👍", True)
    assert (queries(0), queries(None)) == few
    assert max(few) <= 9
