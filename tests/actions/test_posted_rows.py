"""What posting writes in SQL of its own: the rows, numbers and objects that the models would give."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chat.actions.messages import Draft, Posted, post_messages
from chat.models import Change, Message, Room, User
from chat.models.posting import Asked, NewText, insert, look_up
from chat.payloads import message_object, new_text_objects
from tests.cast import Cast, assert_log_is_whole, person, say

pytestmark = pytest.mark.django_db

# However many drafts there are: the savepoint of this test's transaction and its release are two of them.
STATEMENTS_MOST = {"sqlite": 7, "postgresql": 5}


@contextmanager
def asked_meanwhile() -> Iterator[list[str]]:
    """Each statement that reaches the database, by its end. SQLite runs one again for each row: it is one here."""
    asked: list[str] = []
    if connection.vendor == "sqlite":
        begun: dict[str, None] = {}
        connection.connection.set_trace_callback(lambda sql: begun.setdefault(" ".join(sql.split())[:30]))
        yield asked
        connection.connection.set_trace_callback(None)
        asked += begun
        return
    with tempfile.NamedTemporaryFile() as file:
        # What the driver says to the server. What is prepared is only named.
        connection.connection.pgconn.trace(file.fileno())
        yield asked
        connection.connection.pgconn.untrace()
        file.seek(0)
        asked += re.findall(r"\tF\t\d+\t((?:Query|Bind)\t.*)", file.read().decode())


def new_texts(cast: Cast, *texts: str) -> list[NewText]:
    """Texts of alice in the open room, inserted."""
    asked = [Asked(cast.open.slug, cast.alice.pk, f"id of {text}") for text in texts]
    news = []
    for text, found in zip(texts, look_up(asked), strict=True):
        assert found.place is not None
        assert found.author is not None
        news.append(
            NewText(found.place, found.author, text, f"<p>{text}</p>", f"id of {text}", "d", [7], None, None)
        )
    return news


def test_a_row_has_every_field_that_the_model_would_give_it(cast: Cast) -> None:
    at = timezone.now()
    [new] = new_texts(cast, "it's 'quoted' \\ and \N{SNOWMAN} {} , \"x\"\n%s ?")
    insert([new], at)
    expected = new.as_message(at)
    row = Message.objects.get(pk=new.pk)
    for field in Message._meta.concrete_fields:
        assert getattr(row, field.attname) == getattr(expected, field.attname), field.name


def test_the_object_published_is_the_one_that_readers_of_the_row_get(cast: Cast) -> None:
    at = timezone.now()
    news = new_texts(cast, "one", "two")
    insert(news, at)
    rows = Message.objects.select_related("author").order_by("id")
    assert new_text_objects(news, at) == [message_object(row, cast.open.slug, []) for row in rows]


def test_ids_ascend_with_the_numbers_and_each_has_its_row_in_the_log(cast: Cast) -> None:
    say(cast.bob, cast.open, "before")
    news = new_texts(cast, *(f"text {n}" for n in range(20)))
    insert(news, timezone.now())
    assert [new.first_seq for new in news] == list(range(2, 22))
    assert [new.pk for new in news] == sorted(new.pk for new in news)
    assert list(Message.objects.order_by("id").values_list("pk", "seq"))[1:] == [
        (new.pk, new.first_seq) for new in news
    ]
    assert list(Change.objects.order_by("id").values_list("seq", flat=True)) == list(range(1, 22))
    assert_log_is_whole(cast.open)


def test_ids_go_on_after_the_newest_was_removed(cast: Cast) -> None:
    """An id that somebody may remember is never another message's."""
    newest = say(cast.alice, cast.open, "gone").message_id
    Change.objects.filter(message=newest).delete()
    Message.objects.filter(pk=newest).delete()
    Room.objects.filter(pk=cast.open.pk).update(seq=0)
    assert say(cast.alice, cast.open, "next").message_id > newest


def test_a_client_id_that_is_there_by_now_fails_the_insert_as_a_whole(cast: Cast) -> None:
    news = new_texts(cast, "one", "two")
    post_messages([Draft(cast.alice.pk, cast.lobby.slug, "elsewhere", "id of two")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(news, timezone.now())
    assert Message.objects.count() == 1


def test_drafts_are_answered_in_their_order_about_rooms_and_people_that_are_not_there_too(cast: Cast) -> None:
    first = post_messages([Draft(cast.bob.pk, cast.open.slug, "first", "k")])[0]
    assert isinstance(first, Posted)
    asked = [
        *(Asked(cast.open.slug, user.pk, None) for user in (cast.carol, cast.alice)),
        Asked("nowhere", cast.alice.pk, "k"),
        Asked(cast.open.slug, 0, "k"),
        *(Asked(cast.open.slug, cast.bob.pk, name) for name in ("k", "K", None)),
    ]
    found = look_up(asked)
    assert [one.author and one.author.pk for one in found] == [
        *(cast.carol.pk, cast.alice.pk, cast.alice.pk, None),
        *(cast.bob.pk, cast.bob.pk, cast.bob.pk),
    ]
    assert [one.place and one.place.slug for one in found] == [
        *("open", "open", None, "open"),
        *("open", "open", "open"),
    ]
    assert [one.role for one in found] == [None, "owner", None, None, "member", "member", "member"]
    assert [one.first and one.first.pk for one in found] == [None] * 4 + [first.message_id, None, None]


def test_five_hundred_ordinary_drafts_need_no_more_statements_than_one(cast: Cast) -> None:
    people = [person(f"person {number}") for number in range(5)]
    for count in (1, 500):
        drafts = [
            Draft(author.pk, cast.lobby.slug, "hello", f"{count} {number}")
            for number in range(count // 5 or 1)
            for author in people[:count]
        ]
        with asked_meanwhile() as asked:
            answers = post_messages(drafts)
        assert all(isinstance(answer, Posted) for answer in answers)
        assert len(answers) == count
        assert len(asked) >= 4
        assert len(asked) <= STATEMENTS_MOST[connection.vendor], asked


def test_a_name_is_shown_as_the_person_has_it_now(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(name="")
    [found] = look_up([Asked(cast.open.slug, cast.alice.pk, None)])
    assert found.author is not None
    assert found.author.display_name == cast.alice.username
