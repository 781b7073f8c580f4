"""Two connections at the same moment: whoever comes first, one of them is told so, and nobody else notices."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Thread, Timer

import pytest
from django.db import connections, transaction

from chat import database
from chat.actions.messages import Draft, Posted, post_message, post_messages
from chat.errors import Conflict, Forbidden, NotFound, Unavailable
from chat.models import Message, Room, User
from tests.cast import Cast, assert_log_is_whole, person, say

pytestmark = pytest.mark.django_db(transaction=True)

REPEATS_AT_ONCE = 50
SPEAKERS = 8
TEXTS_EACH = 6
# What the tests wait for happens within milliseconds; this only ends a test that hangs.
PATIENCE_S = 20
# Long enough for another thread to reach its lock; nothing fails when it does not, it only tests less.
MOMENT_S = 0.2


def draft(author: User, room: Room, text: str = "hello", client_id: str | None = None) -> Draft:
    return Draft(author.pk, room.slug, text, client_id)


@contextmanager
def elsewhere(change: Callable[[], object]) -> Iterator[None]:
    """Another connection makes the change at once, and commits it when the block ends or after a moment."""
    changed, leave = Event(), Event()

    def work() -> None:
        try:
            with transaction.atomic():
                change()
                changed.set()
                leave.wait(PATIENCE_S)
        finally:
            connections.close_all()

    thread = Thread(target=work)
    thread.start()
    assert changed.wait(PATIENCE_S)
    timer = Timer(MOMENT_S, leave.set)
    timer.start()
    try:
        yield
    finally:
        leave.set()
        thread.join()
        timer.cancel()


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run `work(number)` in so many threads, each with a connection of its own, begun together."""
    together = Barrier(count)

    def run(number: int) -> None:
        try:
            together.wait()
            work(number)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def test_the_same_client_id_used_elsewhere_at_the_same_moment_is_a_conflict(cast: Cast) -> None:
    """The rooms differ, so no lock of ours stands between them: the constraint decides."""
    posts = database.Batch(post_messages)
    with elsewhere(lambda: post_message(draft(cast.alice, cast.lobby, "there", "k"))):
        [answer] = await asyncio.gather(
            posts.put(draft(cast.alice, cast.open, "here", "k")), return_exceptions=True
        )
    assert isinstance(answer, Conflict)
    assert await database.call(Message.objects.count) == 1
    assert isinstance(await posts.put(draft(cast.alice, cast.open)), Posted)


async def test_an_author_deleted_at_the_same_moment_spoils_no_neighbour(cast: Cast) -> None:
    dave = await database.call(person, "dave")
    posts = database.Batch(post_messages)
    people = (cast.alice, dave, cast.bob)
    with elsewhere(lambda: User.objects.get(pk=dave.pk).delete()):
        puts = [posts.put(draft(someone, cast.lobby)) for someone in people]
        answers = await asyncio.gather(*puts, return_exceptions=True)
    assert isinstance(answers[0], Posted)
    assert isinstance(answers[1], Forbidden | NotFound)
    assert isinstance(answers[2], Posted)
    await database.call(assert_log_is_whole, cast.lobby)


async def test_a_post_whose_answer_came_too_late_is_a_duplicate_when_repeated(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = database.Batch(post_messages)
    with elsewhere(lambda: Room.objects.select_for_update().get(pk=cast.open.pk)):
        monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05)
        [answer] = await asyncio.gather(
            posts.put(draft(cast.alice, cast.open, "once", "k")), return_exceptions=True
        )
    monkeypatch.undo()
    assert isinstance(answer, Unavailable)
    await database.flush()
    assert (await posts.put(draft(cast.alice, cast.open, "once", "k"))).duplicate
    assert await database.call(Message.objects.count) == 1


def test_fifty_at_once_with_one_client_id_are_one_message(cast: Cast) -> None:
    answers: list[Posted] = []

    def repeat(_: int) -> None:
        answers.append(say(cast.alice, cast.open, "once", "k"))

    in_threads(REPEATS_AT_ONCE, repeat)
    assert len(answers) == REPEATS_AT_ONCE
    assert len({(answer.message_id, answer.seq) for answer in answers}) == 1
    assert [answer.duplicate for answer in answers].count(False) == 1
    assert Message.objects.count() == 1
    assert_log_is_whole(cast.open)


def test_speakers_in_many_threads_make_no_hole(cast: Cast) -> None:
    def speak(number: int) -> None:
        author = cast.alice if number % 2 else cast.bob
        for count in range(TEXTS_EACH):
            rooms = (cast.open, cast.lobby) if number % 3 else (cast.lobby, cast.open)
            post_messages(
                [
                    Draft(author.pk, room.slug, f"{number} {count}", f"{number} {count} {room.slug}")
                    for room in rooms
                ]
            )

    in_threads(SPEAKERS, speak)
    for room in (cast.open, cast.lobby):
        assert_log_is_whole(room)
        assert order_per_speaker(room) == {str(number): list(range(TEXTS_EACH)) for number in range(SPEAKERS)}


def order_per_speaker(room: Room) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for text in Message.objects.filter(room=room).order_by("id").values_list("text", flat=True):
        speaker, count = text.split()
        found.setdefault(speaker, []).append(int(count))
    return found
