"""Posting: numbers, batches, what is refused, and the text kept as it was sent."""

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.actions.messages import Draft, Posted, post_message, post_messages
from chat.actions.rooms import archive_room
from chat.errors import Archived, ChatError, Forbidden, Invalid, NotFound, TooLong
from chat.limits import MESSAGE_CHARS
from chat.models import Change, Message, Room, User
from tests.cast import Cast, assert_log_is_whole, message_of, say

pytestmark = pytest.mark.django_db


def draft(author: User, room: Room, text: str = "hello", client_id: str | None = None) -> Draft:
    return Draft(author.pk, room.slug, text, client_id)


def refused(answer: Posted | ChatError) -> type | None:
    return type(answer) if isinstance(answer, ChatError) else None


def test_messages_take_the_rooms_next_numbers_in_the_order_given(cast: Cast) -> None:
    answers = post_messages([draft(cast.alice, cast.open, f"text {n}") for n in range(5)])
    assert [answer.seq for answer in answers if isinstance(answer, Posted)] == [1, 2, 3, 4, 5]
    rows = list(Message.objects.filter(room=cast.open).order_by("id"))
    assert [(row.text, row.seq) for row in rows] == [(f"text {n}", n + 1) for n in range(5)]
    assert all(row.seq == row.first_seq == row.text_seq for row in rows)
    assert_log_is_whole(cast.open)


def test_each_message_leaves_one_row_in_the_log(cast: Cast) -> None:
    posted = say(cast.alice, cast.open, "hello")
    [change] = Change.objects.all()
    assert (change.room, change.seq, change.kind) == (cast.open, 1, Change.Kind.CREATE)
    assert change.message_id == posted.message_id


def test_one_batch_may_hold_many_rooms_and_authors(cast: Cast) -> None:
    people = (cast.alice, cast.bob)
    drafts = [draft(person, room) for _ in range(3) for room in cast.rooms for person in people]
    answers = post_messages(drafts)
    assert [refused(answer) for answer in answers] == [None] * len(drafts)
    for room in cast.rooms:
        own = [answer for answer, asked in zip(answers, drafts, strict=True) if asked.room == room.slug]
        assert [answer.seq for answer in own if isinstance(answer, Posted)] == [1, 2, 3, 4, 5, 6]
        assert_log_is_whole(room)


def test_each_answer_stands_at_the_place_of_its_draft(cast: Cast) -> None:
    drafts = [draft(cast.bob, cast.open, "a"), draft(cast.alice, cast.lobby, "b"), draft(cast.bob, cast.open)]
    posted = [answer for answer in post_messages(drafts) if isinstance(answer, Posted)]
    for answer, asked in zip(posted, drafts, strict=True):
        row = message_of(answer)
        assert (row.text, row.author_id, row.room.slug) == (asked.text, asked.user_id, asked.room)


def test_a_refused_draft_takes_no_number_and_spoils_nobody(cast: Cast) -> None:
    answers = post_messages(
        [
            draft(cast.alice, cast.open, "first"),
            draft(cast.carol, cast.private),
            draft(cast.carol, cast.open),
            draft(cast.alice, cast.open, "   "),
            draft(cast.alice, cast.open, "x" * (MESSAGE_CHARS + 1)),
            draft(cast.alice, cast.open, "nul \0"),
            Draft(cast.alice.pk, "no-such-room", "hello"),
            Draft(0, cast.open.slug, "nobody"),
            Draft(cast.alice.pk, cast.open.slug, "hello", reply_to=2**53 - 1),
            draft(cast.bob, cast.open, "last"),
        ]
    )
    expected = [None, NotFound, Forbidden, Invalid, TooLong, Invalid, NotFound, NotFound, NotFound, None]
    assert [refused(answer) for answer in answers] == expected
    assert list(Message.objects.order_by("seq").values_list("text", "seq")) == [("first", 1), ("last", 2)]
    assert_log_is_whole(cast.open)


def test_an_empty_batch_answers_nothing(cast: Cast) -> None:
    assert post_messages([]) == []


def test_a_batch_of_refusals_changes_nothing(cast: Cast) -> None:
    assert refused(post_messages([draft(cast.carol, cast.open)])[0]) is Forbidden
    assert not Message.objects.exists()
    assert not Change.objects.exists()


def test_one_post_raises_what_refused_it(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        post_message(draft(cast.carol, cast.open))


def test_an_archived_room_takes_no_post(cast: Cast) -> None:
    archive_room(cast.alice, cast.open.slug, True)
    with pytest.raises(Archived):
        say(cast.alice, cast.open, "too late")
    archive_room(cast.alice, cast.open.slug, False)
    assert say(cast.alice, cast.open, "open again").seq == 3


def test_somebody_deactivated_posts_nothing(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    with pytest.raises(Forbidden):
        say(cast.bob, cast.open, "still here")


def test_a_reply_names_a_message_of_the_same_room(cast: Cast) -> None:
    first = say(cast.alice, cast.open, "a question")
    reply = say(cast.bob, cast.open, "an answer", reply_to=first.message_id)
    assert message_of(reply).reply_to_id == first.message_id
    with pytest.raises(NotFound) as error:
        say(cast.bob, cast.lobby, "elsewhere", reply_to=first.message_id)
    assert error.value.field == "reply_to"


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\u00a0", "\u2003\u3000", "\u2028", "\x1f\x1c"])
def test_a_text_of_blanks_is_invalid(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as error:
        say(cast.alice, cast.open, text)
    assert error.value.field == "text"


@pytest.mark.parametrize("character", ["x", "é", "漢", "👍"])
def test_the_limit_counts_characters(cast: Cast, character: str) -> None:
    posted = say(cast.alice, cast.open, character * MESSAGE_CHARS)
    assert message_of(posted).text == character * MESSAGE_CHARS
    with pytest.raises(TooLong):
        say(cast.alice, cast.open, character * (MESSAGE_CHARS + 1))


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800", "a\udfffb", "\ude00\ud83d"])
def test_what_no_database_keeps_is_invalid(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        say(cast.alice, cast.open, text)
    assert say(cast.alice, cast.open, "next").seq == 1


@pytest.mark.parametrize("client_id", ["", "x" * 129, "a\0b", "\ud800"])
def test_a_client_id_that_no_database_keeps_is_invalid_and_spoils_nobody(cast: Cast, client_id: str) -> None:
    bad = draft(cast.alice, cast.open, "bad", client_id)
    answers = post_messages([draft(cast.bob, cast.open), bad, draft(cast.bob, cast.open)])
    assert [refused(answer) for answer in answers] == [None, Invalid, None]
    assert isinstance(answers[1], Invalid)
    assert answers[1].field == "client_id"


@pytest.mark.parametrize("slug", ["a\0b", "\ud800", "x" * 1000, ""])
def test_a_room_that_cannot_be_is_not_found_and_spoils_nobody(cast: Cast, slug: str) -> None:
    answers = post_messages([draft(cast.bob, cast.open), Draft(cast.bob.pk, slug, "hello")])
    assert [refused(answer) for answer in answers] == [None, NotFound]


@given(text=st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and "\0" not in text))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_text_is_kept_code_point_for_code_point(cast: Cast, text: str) -> None:
    assert message_of(say(cast.alice, cast.open, text)).text == text


def test_nothing_is_trimmed_or_normalised(cast: Cast) -> None:
    text = "  \r\n e\u0301 vs \u00e9 \ufeff \u200d \u202e ﬁ \t\n"
    assert message_of(say(cast.alice, cast.open, text)).text == text


def test_the_html_is_rendered_when_it_is_written(cast: Cast) -> None:
    row = message_of(say(cast.alice, cast.open, "**bold** <script>"))
    assert row.html == "<p><strong>bold</strong> &lt;script&gt;</p>"


@pytest.mark.parametrize(("guests", "error"), [("off", NotFound), ("read", Forbidden), ("write", None)])
def test_guests_write_in_public_rooms_as_the_setting_allows(
    cast: Cast, guests: str, error: type | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "CHAT_GUESTS", guests)
    assert refused(post_messages([draft(cast.gus, cast.lobby)])[0]) is error
    assert refused(post_messages([draft(cast.gus, cast.open)])[0]) is NotFound
