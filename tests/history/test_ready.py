"""Pages that are kept ready are what a fresh one would be, for whoever may have one."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.reactions import react
from chat.actions.rooms import remove_member
from chat.errors import NotFound
from chat.history import ready
from chat.models import Installation, Message, User
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Tests that are rolled back use the same numbers again."""
    ready._kept.clear()
    yield
    ready._kept.clear()


@pytest.fixture
def first(cast: Cast) -> int:
    for number in range(3):
        say(cast.alice, cast.lobby, f"{number}")
    return say(cast.bob, cast.lobby, "the last").message_id


def page(user: User | None, **bounds: Any) -> Any:
    return msgspec.json.decode(history.page_as_json(user, "lobby", **bounds))


def fresh(user: User | None, **bounds: Any) -> Any:
    return msgspec.to_builtins(history.page(user, "lobby", **bounds))


def test_the_same_page_is_made_once_for_all_readers(cast: Cast, first: int) -> None:
    made = history.page_as_json(cast.alice, "lobby")
    with CaptureQueriesContext(connection) as asked:
        assert history.page_as_json(cast.carol, "lobby") is made
    assert len(asked) == 3, "the room, the history that it belongs to, and the names"


@pytest.mark.parametrize(
    "bounds", [{}, {"limit": 2}, {"before": 2**40, "limit": 1}, {"after": 0}, {"around": 1}]
)
def test_a_kept_page_is_what_a_fresh_one_is(cast: Cast, first: int, bounds: dict[str, int]) -> None:
    for _ in range(2):
        assert page(cast.bob, **bounds) == fresh(cast.bob, **bounds)


def rename(cast: Cast, _: int) -> None:
    User.objects.filter(pk=cast.bob.pk).update(name="Bobby")


def make_a_guest_an_account(cast: Cast, _: int) -> None:
    User.objects.filter(pk=cast.bob.pk).update(kind=User.Kind.BOT)


def restore_another_history(_: Cast, message_id: int) -> None:
    Installation.objects.update(epoch="another")
    Message.objects.filter(pk=message_id).update(text="of another history")


@pytest.mark.parametrize(
    "change",
    [
        lambda cast, message_id: edit_message(cast.bob, message_id, "edited"),
        lambda cast, message_id: delete_message(cast.bob, message_id),
        lambda cast, message_id: react(cast.alice, message_id, "👍", True),
        lambda cast, message_id: say(cast.alice, cast.lobby, "one more"),
        lambda cast, message_id: say(cast.alice, cast.lobby, "a reply", thread=message_id),
        rename,
        make_a_guest_an_account,
        restore_another_history,
    ],
)
def test_whatever_changes_shows_in_the_next_page(
    cast: Cast, first: int, change: Callable[[Cast, int], object]
) -> None:
    before = page(cast.alice)
    change(cast, first)
    after = page(cast.alice)
    assert after != before
    assert after == fresh(cast.alice)


def test_a_kept_page_is_for_nobody_who_may_not_read_the_room(cast: Cast) -> None:
    say(cast.alice, cast.private, "between us")
    history.page_as_json(cast.bob, cast.private.slug)
    for stranger in (cast.carol, cast.gus, None):
        with pytest.raises(NotFound):
            history.page_as_json(stranger, cast.private.slug)
    remove_member(cast.alice, cast.private.slug, cast.bob.pk)
    with pytest.raises(NotFound):
        history.page_as_json(cast.bob, cast.private.slug)


def test_a_page_that_holds_more_than_its_number_says_is_not_kept(cast: Cast, first: int) -> None:
    """Somebody writes between the look at the room and that at its messages."""
    came: list[int] = []

    def write_first(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "chat_message"' in sql and not came:
            came.append(0)
            came.append(say(cast.alice, cast.lobby, "meanwhile").message_id)
        return execute(sql, *rest)

    with connection.execute_wrapper(write_first):
        found = page(cast.bob)
    assert found["messages"][-1]["id"] == came[-1]
    assert not ready._kept


def test_what_is_kept_is_bounded(cast: Cast, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(history.page_as_json(cast.bob, "lobby"))
    monkeypatch.setattr(ready, "KEPT_BYTES", 3 * size)
    for limit in range(1, 30):
        history.page_as_json(cast.bob, "lobby", limit=limit)
    assert 0 < sum(len(kept.body) for kept in ready._kept.values()) <= 3 * size
