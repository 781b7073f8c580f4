"""The cards that messages show: given with a text and taken back with it, on every page, for whom they are."""

from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, post_messages
from chat.history import ready
from chat.models import CardShown, Revision
from tests.cast import Cast, assert_log_is_whole, message_of, say
from tests.links.postcards import Postcards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Tests that are rolled back use the same numbers again."""
    ready._kept.clear()


def shown(message_id: int) -> list[int]:
    rows = CardShown.objects.filter(message_id=message_id).order_by("card_id")
    return list(rows.values_list("card_id", flat=True))


def test_a_message_names_its_cards_and_the_page_brings_their_bodies(cast: Cast, postcards: Postcards) -> None:
    postcards.bodies_of["one"] = ("The first", None)
    posted = say(cast.alice, cast.open, "see card:one and card:two")
    links = [{"id": 1, "url": "https://cards.example/one"}, {"id": 2, "url": "https://cards.example/two"}]
    assert message_of(posted).cards == links
    found = msgspec.to_builtins(history.message_for(cast.bob, posted.message_id))
    assert found["cards"] == links
    assert shown(posted.message_id) == [1, 2]
    page = history.sync(cast.bob, "open", None, None)
    assert page.cards == [postcards.card("one")]


def test_every_message_of_a_batch_gets_its_own(cast: Cast, postcards: Postcards) -> None:
    texts = ["card:one", "nothing", "card:two card:one"]
    outcomes = post_messages([Draft(cast.alice.pk, "open", text) for text in texts])
    cards = [message_of(posted).cards for posted in outcomes]  # type: ignore[arg-type]
    assert [[card["id"] for card in of] if of else None for of in cards] == [[1], None, [2, 1]]
    assert [card.id for card in history.sync(cast.bob, "open", None, None).messages[2].cards] == [2, 1]


def test_a_text_without_links_costs_no_statement_more(cast: Cast, postcards: Postcards) -> None:
    say(cast.alice, cast.open, "before")
    counts = []
    for text in ("plain", "card:one"):
        with CaptureQueriesContext(connection) as asked:
            say(cast.alice, cast.open, text)
        counts.append(len(asked))
    assert counts[1] == counts[0] + 1, "the row that says where the card is shown"
    with CaptureQueriesContext(connection) as asked:
        history.page_as_json(cast.alice, "open", limit=1)
    assert not [query for query in asked if "cardshown" in query["sql"]]


def test_an_edit_changes_them_and_takes_one_number(cast: Cast, postcards: Postcards) -> None:
    posted = say(cast.alice, cast.open, "card:one card:two")
    seq = edit_message(cast.alice, posted.message_id, "card:two card:three")
    assert seq == posted.seq + 1
    assert [card["id"] for card in message_of(posted).cards or ()] == [2, 3]
    assert shown(posted.message_id) == [2, 3]
    edit_message(cast.alice, posted.message_id, "none")
    assert message_of(posted).cards is None
    assert shown(posted.message_id) == []
    assert_log_is_whole(cast.open)


def test_a_deleted_message_shows_none(cast: Cast, postcards: Postcards) -> None:
    posted = say(cast.alice, cast.open, "card:one")
    delete_message(cast.alice, posted.message_id)
    assert history.message_for(cast.alice, posted.message_id).cards == []
    assert shown(posted.message_id) == []
    assert not Revision.objects.exists()


def test_a_kept_page_has_the_bodies_of_now_for_the_reader_alone(cast: Cast, postcards: Postcards) -> None:
    postcards.bodies_of["all"] = ("For all", None)
    postcards.bodies_of["one"] = ("For Alice", cast.alice.pk)
    say(cast.alice, cast.open, "card:all card:one")

    def titles(reader: Any) -> list[str]:
        page = msgspec.json.decode(history.page_as_json(reader, "open"))
        assert [card["id"] for card in page["messages"][0]["cards"]] == [1, 2]
        return [card["title"] for card in page["cards"]]

    assert titles(cast.alice) == ["For all", "For Alice"]
    assert titles(cast.bob) == ["For all"]
    postcards.bodies_of["all"] = ("Changed", None)
    assert titles(cast.bob) == ["Changed"]
    assert titles(cast.alice) == ["Changed", "For Alice"]
    assert not any(b"For Alice" in page.body for page in ready._kept.values())
    postcards.bodies_of.clear()
    assert titles(cast.alice) == []


@pytest.mark.usefixtures("_no_cards")
def test_without_the_app_there_are_none(cast: Cast) -> None:
    posted = say(cast.alice, cast.open, "card:one https://github.com/o/r/issues/1 o/r#1")
    edit_message(cast.alice, posted.message_id, "o/r#2")
    assert message_of(posted).cards is None
    assert msgspec.json.decode(history.page_as_json(cast.alice, "open"))["cards"] == []


def test_what_was_shown_stays_a_link_when_the_app_is_taken_out(
    cast: Cast, postcards: Postcards, request: pytest.FixtureRequest
) -> None:
    postcards.bodies_of["one"] = ("The first", None)
    say(cast.alice, cast.open, "card:one")
    request.getfixturevalue("_no_cards")
    page = history.sync(cast.bob, "open", None, None)
    assert [card.id for card in page.messages[0].cards] == [1]
    assert page.cards == []
