"""Editing keeps what was said before; deleting keeps nothing at all."""

import pytest
from django.apps import apps
from django.db import connection

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.reactions import react
from chat.actions.rooms import archive_room, join_room
from chat.errors import Archived, Conflict, Forbidden, Invalid, NotFound, TooLong
from chat.limits import MESSAGE_CHARS
from chat.models import Change, Membership, Message, Reaction, Revision, User
from chat.protocol.objects import MessageObject
from tests.cast import Cast, assert_log_is_whole, message_of, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def bobs(cast: Cast) -> int:
    """A message of bob's in the open room, at number 1."""
    return say(cast.bob, cast.open, "first").message_id


def payload(message_id: int) -> MessageObject:
    return history.message_for(User.objects.get(username="alice"), message_id)


def test_an_edit_takes_a_number_and_keeps_the_old_text(cast: Cast, bobs: int) -> None:
    assert edit_message(cast.bob, bobs, "**second**") == 2
    row = Message.objects.get(pk=bobs)
    assert (row.text, row.html) == ("**second**", "<p><strong>second</strong></p>")
    assert (row.seq, row.text_seq, row.first_seq) == (2, 2, 1)
    assert row.edited_at is not None
    assert list(Revision.objects.values_list("message_id", "seq", "text")) == [(bobs, 1, "first")]
    assert list(Change.objects.order_by("seq").values_list("kind", flat=True)) == ["create", "edit"]
    assert_log_is_whole(cast.open)


def test_each_edit_leaves_the_text_before_it_with_its_number(cast: Cast, bobs: int) -> None:
    for text in ("second", "third", "first"):
        edit_message(cast.bob, bobs, text)
    kept = list(Revision.objects.order_by("seq").values_list("seq", "text"))
    assert kept == [(1, "first"), (2, "second"), (3, "third")]


def test_the_same_text_takes_no_number_and_leaves_no_trace(cast: Cast, bobs: int) -> None:
    react(cast.alice, bobs, "👍", True)
    assert edit_message(cast.bob, bobs, "first") == 2
    assert Message.objects.get(pk=bobs).edited_at is None
    assert not Revision.objects.exists()
    assert_log_is_whole(cast.open)


def test_an_editor_who_knew_an_older_text_is_told(cast: Cast, bobs: int) -> None:
    edit_message(cast.bob, bobs, "second", seq=1)
    with pytest.raises(Conflict) as error:
        edit_message(cast.bob, bobs, "third", seq=1)
    assert error.value.field == "seq"
    assert edit_message(cast.bob, bobs, "third", seq=2) == 3


def test_a_reaction_since_is_no_conflict_of_texts(cast: Cast, bobs: int) -> None:
    react(cast.alice, bobs, "👍", True)
    assert edit_message(cast.bob, bobs, "second", seq=1) == 3


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", Invalid),
        (" \n", Invalid),
        ("a\0b", Invalid),
        ("\ud800", Invalid),
        ("x" * (MESSAGE_CHARS + 1), TooLong),
    ],
)
def test_an_edit_takes_what_a_post_takes(cast: Cast, bobs: int, text: str, error: type) -> None:
    with pytest.raises(error):
        edit_message(cast.bob, bobs, text)
    assert edit_message(cast.bob, bobs, "  kept \n to the letter e\u0301") == 2
    assert Message.objects.get(pk=bobs).text == "  kept \n to the letter e\u0301"


def test_only_the_author_edits_also_where_others_moderate(cast: Cast, bobs: int) -> None:
    join_room(cast.carol, cast.open.slug)
    for person in (cast.alice, cast.carol):
        with pytest.raises(Forbidden):
            edit_message(person, bobs, "words in his mouth")
    assert Message.objects.get(pk=bobs).text == "first"


@pytest.mark.parametrize("change", [lambda user, pk: edit_message(user, pk, "x"), delete_message])
def test_hidden_and_missing_messages_are_alike(cast: Cast, change: object) -> None:
    assert callable(change)
    hidden = say(cast.bob, cast.private, "secret").message_id
    for message_id in (hidden, hidden + 1, 2**53 - 1, 2**70):
        with pytest.raises(NotFound, match="There is no such message"):
            change(cast.carol, message_id)


@pytest.mark.parametrize("change", [lambda user, pk: edit_message(user, pk, "x"), delete_message])
def test_who_lost_the_right_to_write_changes_nothing_any_more(cast: Cast, bobs: int, change: object) -> None:
    assert callable(change)
    Membership.objects.filter(user=cast.bob, room=cast.open).delete()
    with pytest.raises(Forbidden):
        change(cast.bob, bobs)


@pytest.mark.parametrize("change", [lambda user, pk: edit_message(user, pk, "x"), delete_message])
def test_in_an_archived_room_nothing_is_changed(cast: Cast, bobs: int, change: object) -> None:
    assert callable(change)
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        change(cast.bob, bobs)
    assert delete_message(cast.alice, bobs, as_operator=True) == 3, "operators remove what must not stay"


@pytest.mark.parametrize("change", [lambda user, pk: edit_message(user, pk, "x"), delete_message])
def test_what_the_system_records_stays(cast: Cast, change: object) -> None:
    assert callable(change)
    join_room(cast.carol, cast.open.slug)
    record = Message.objects.get(kind=Message.Kind.SYSTEM)
    with pytest.raises(Forbidden):
        change(cast.carol, record.pk)
    with pytest.raises(Forbidden):
        delete_message(cast.alice, record.pk, as_operator=True)


def test_a_deletion_takes_a_number_once(cast: Cast, bobs: int) -> None:
    assert delete_message(cast.bob, bobs) == 2
    assert delete_message(cast.bob, bobs) == 2
    assert list(Change.objects.order_by("seq").values_list("kind", flat=True)) == ["create", "delete"]
    assert_log_is_whole(cast.open)


def test_a_deleted_message_takes_no_edit(cast: Cast, bobs: int) -> None:
    delete_message(cast.bob, bobs)
    with pytest.raises(NotFound):
        edit_message(cast.bob, bobs, "back again")


def test_authors_moderators_and_owners_delete_and_others_do_not(cast: Cast, bobs: int) -> None:
    join_room(cast.carol, cast.open.slug)
    with pytest.raises(Forbidden):
        delete_message(cast.carol, bobs)
    Membership.objects.filter(user=cast.carol, room=cast.open).update(role=Membership.Role.MODERATOR)
    assert delete_message(cast.carol, bobs) == 3
    again = say(cast.bob, cast.open, "again").message_id
    assert delete_message(cast.alice, again) == 5


def test_a_tombstone_keeps_its_place_author_and_time_and_nothing_else(cast: Cast) -> None:
    target = say(cast.alice, cast.open, "target").message_id
    posted = say(cast.bob, cast.open, "secret", "k", reply_to=target)
    edit_message(cast.bob, posted.message_id, "secret still")
    react(cast.alice, posted.message_id, "👍", True)
    before = payload(posted.message_id)
    delete_message(cast.bob, posted.message_id)
    assert payload(posted.message_id) == MessageObject(
        id=posted.message_id,
        seq=5,
        room=cast.open.slug,
        kind="",
        author=before.author,
        text="",
        html="",
        at=before.at,
        client_id=None,
        edited_at=None,
        text_seq=0,
        deleted=True,
        reply_to=None,
        event=None,
    )
    assert not Reaction.objects.exists()
    assert not Revision.objects.exists()


def test_nothing_of_what_was_deleted_is_left_in_any_table(cast: Cast) -> None:
    posted = say(cast.bob, cast.open, "zebra one", "k")
    edit_message(cast.bob, posted.message_id, "zebra **two**")
    say(cast.alice, cast.open, "an answer", reply_to=posted.message_id)
    assert tables_with("zebra") == {"chat_message", "chat_revision"}
    digest = message_of(posted).digest
    assert tables_with(digest) == {"chat_message"}
    delete_message(cast.bob, posted.message_id)
    assert tables_with("zebra") == set()
    assert tables_with(digest) == set()


def tables_with(text: str) -> set[str]:
    """The tables that hold the text in any column of any row."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if any(text in str(value) for row in cursor.fetchall() for value in row):
                found.add(table)
    return found
