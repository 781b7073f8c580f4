"""Query sets compiled once: the same rows as from the query set itself, for whatever values."""

import pytest
from django.db.models import Q

from chat.history.statements import Statement, number, text
from chat.models import Room
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


def test_a_statement_answers_as_its_query_set_does(cast: Cast) -> None:
    posted = say(cast.alice, cast.lobby, "hello")
    columns = ("pk", "author__name", "text", "at", "deleted", "mentions", "event")
    messages = cast.lobby.messages.values_list(*columns)
    statement = Statement(messages.filter(pk=number(1), author__username=text(0)))
    for name, pk in (("alice", posted.message_id), ("bob", posted.message_id), ("alice", 0)):
        wanted = messages.filter(pk=pk, author__username=name)
        assert [tuple(row) for row in statement.rows(name, pk)] == list(wanted)
    assert len(statement.rows("alice", posted.message_id)) == 1


def test_a_value_may_stand_in_several_places(cast: Cast) -> None:
    rooms = Statement(
        Room.objects.filter(Q(slug=text(0)) | Q(name=text(0))).order_by("slug").values_list("slug")
    )
    assert [slug for (slug,) in rooms.rows("Open")] == [cast.open.slug]
    assert [slug for (slug,) in rooms.rows("lobby")] == ["lobby"]


def test_a_value_is_never_part_of_the_statement(cast: Cast) -> None:
    rooms = Statement(Room.objects.filter(slug=text(0)).values_list("slug"))
    assert rooms.rows("x' OR '1'='1") == []


def test_what_cannot_have_rows_asks_nothing() -> None:
    assert Statement(Room.objects.filter(kind__in=[]).values_list("slug")).rows() == []
