"""Messages from statements are what they are from models, whatever happened to them; and they cost few of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.pins import pin_message
from chat.actions.reactions import react
from chat.actions.rooms import join_room
from chat.history import rows
from chat.models import Message
from chat.payloads import message_objects
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def eventful(cast: Cast) -> Cast:
    """A lobby in which everything happened once that a message can show."""
    root = say(cast.alice, cast.lobby, "a root").message_id
    say(cast.bob, cast.lobby, "@alice *a reply*", "client id", thread=root, reply_to=root)
    edited = say(cast.bob, cast.lobby, "before").message_id
    edit_message(cast.bob, edited, "after")
    deleted = say(cast.bob, cast.lobby, "to go").message_id
    react(cast.alice, deleted, "👍", True)
    delete_message(cast.bob, deleted)
    say(cast.gus, cast.lobby, "of a guest")
    join_room(cast.carol, "lobby")
    for user, emoji in ((cast.bob, "👍"), (cast.alice, "👍"), (cast.alice, "🎉")):
        react(user, root, emoji, True)
    pin_message(cast.alice, edited, True)
    return cast


def test_a_row_becomes_what_its_model_becomes(eventful: Cast) -> None:
    lobby = eventful.lobby
    everything = Message.objects.filter(room=lobby).select_related("author").order_by("seq")
    wanted = message_objects(list(everything), "lobby")
    assert len(wanted) > 5
    assert rows.objects_of(rows.changed_since(lobby.pk, 0, 100), "lobby") == wanted
    mainline = sorted((one for one in wanted if one.thread is None), key=lambda one: one.id)
    assert history.page(eventful.alice, "lobby").messages == mainline
    replies = history.page(eventful.alice, "lobby", thread=mainline[0].id).messages
    assert [reply.thread for reply in replies] == [mainline[0].id]


def test_reactions_of_many_messages_are_all_there(cast: Cast) -> None:
    for number in range(rows.REACTED_AT_ONCE + 3):
        react(cast.bob, say(cast.alice, cast.lobby, f"{number}").message_id, "👍", True)
    found = history.page(cast.alice, "lobby", limit=history.PAGE_MOST).messages
    assert [[one.count for one in message.reactions] for message in found] == [[1]] * len(found)
    assert len(found) == rows.REACTED_AT_ONCE + 3


def test_a_page_takes_three_statements_and_reactions_one_more(cast: Cast) -> None:
    posted = [say(cast.alice, cast.lobby, f"{number}") for number in range(10)]
    assert asked(cast) == 3, "the right to the room, the rows, and the right once more"
    react(cast.bob, posted[0].message_id, "👍", True)
    assert asked(cast) == 4


def asked(cast: Cast) -> int:
    with CaptureQueriesContext(connection) as captured:
        history.page(cast.bob, "lobby")
    return len(captured)
