"""The page that deletes everything by one person: it asks, goes on by steps, and says how far it is."""

import re

import pytest
from django.test import Client

from chat.actions import purge
from chat.actions.reactions import react
from chat.models import AuditEntry, Message, Reaction, User
from tests.admin.conftest import Staff
from tests.admin.test_operations import text_of
from tests.cast import Cast, assert_log_is_whole, say

pytestmark = pytest.mark.django_db


def page(person: User) -> str:
    return f"/admin/chat/user/{person.pk}/everything/"


def left_by(person: User) -> int:
    return Message.objects.filter(author=person, deleted=False).count()


def words_of(text: str) -> str:
    """What one reads, on one line."""
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


@pytest.fixture
def wrote(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Bob has said three things in two rooms and reacted to one of alice's, and a step takes two."""
    monkeypatch.setattr(purge, "CHANGED_AT_ONCE", 2)
    for room in (cast.lobby, cast.lobby, cast.private):
        say(cast.bob, room, "something bad")
    react(cast.bob, say(cast.alice, cast.lobby, "good").message_id, "👍", True)
    return cast


def test_it_asks_first_with_what_there_is(admin: Client, wrote: Cast) -> None:
    assert page(wrote.bob) in text_of(admin.get(f"/admin/chat/user/{wrote.bob.pk}/change/"))
    asked = words_of(text_of(admin.get(page(wrote.bob))))
    assert "3 messages by Bob in 2 rooms will be gone for good" in asked
    assert "reactions to 1 message of others" in asked
    assert "nobody can restore it" in asked
    assert left_by(wrote.bob) == 3
    assert not AuditEntry.objects.exists()


def test_each_step_says_what_is_done_and_left_until_nothing_is(admin: Client, wrote: Cast) -> None:
    first = text_of(admin.post(page(wrote.bob)))
    assert "2 messages done, 2 left." in words_of(first)
    assert '<progress class="everything" max="4" value="2"' in first
    assert 'name="done" value="2"' in first
    assert left_by(wrote.bob) == 1
    second = text_of(admin.post(page(wrote.bob), {"done": "2"}))
    assert "3 messages done, 1 left." in words_of(second)
    last = admin.post(page(wrote.bob), {"done": "3"}, follow=True)
    assert last.redirect_chain[-1][0] == f"/admin/chat/user/{wrote.bob.pk}/change/"
    assert "Everything by Bob is deleted: 4 messages changed." in text_of(last)
    assert left_by(wrote.bob) == Reaction.objects.count() == 0
    for room in wrote.rooms:
        assert_log_is_whole(room)


def test_whoever_comes_back_sees_what_is_left(admin: Client, wrote: Cast) -> None:
    admin.post(page(wrote.bob))
    assert "1 message by Bob in 1 room will be gone" in words_of(text_of(admin.get(page(wrote.bob))))
    for _ in range(2):
        admin.post(page(wrote.bob))
    assert "There is nothing left that Bob wrote" in words_of(text_of(admin.get(page(wrote.bob))))


def test_the_account_is_closed_first_where_that_was_ticked(admin: Client, wrote: Cast) -> None:
    assert 'name="deactivate"' in text_of(admin.get(page(wrote.bob)))
    admin.post(page(wrote.bob), {"deactivate": "on"})
    assert not User.objects.get(pk=wrote.bob.pk).is_active
    actions = AuditEntry.objects.order_by("id").values_list("actor_name", "action", "target_name", "door")
    assert list(actions) == [
        ("olga", "deactivated", "bob", "admin"),
        ("olga", "everything_deleted", "bob", "admin"),
    ]


def test_whoever_may_not_is_refused_and_nothing_is_done_or_recorded(staff: Staff, wrote: Cast) -> None:
    for rights in (("view_user",), ("delete_message",), ("view_user", "change_user")):
        helper = staff(*rights)
        assert helper.get(page(wrote.bob)).status_code == 403
        assert helper.post(page(wrote.bob), {"deactivate": "on"}).status_code == 403
    assert left_by(wrote.bob) == 3
    assert User.objects.get(pk=wrote.bob.pk).is_active
    assert not AuditEntry.objects.exists()


def test_a_helper_with_the_right_deletes_but_closes_no_account(staff: Staff, wrote: Cast) -> None:
    helper = staff("view_user", "delete_message")
    assert 'name="deactivate"' not in text_of(helper.get(page(wrote.bob)))
    helper.post(page(wrote.bob), {"deactivate": "on"})
    assert left_by(wrote.bob) == 1
    assert User.objects.get(pk=wrote.bob.pk).is_active


def test_a_helper_does_not_reach_those_with_more_rights(staff: Staff, operator: User, wrote: Cast) -> None:
    say(operator, wrote.lobby, "mine")
    helper = staff("view_user", "delete_message")
    assert helper.post(page(operator)).status_code == 403
    assert page(operator) not in text_of(helper.get(f"/admin/chat/user/{operator.pk}/change/"))
    assert left_by(operator) == 1


def test_strangers_are_led_to_the_sign_in(wrote: Cast) -> None:
    assert Client().post(page(wrote.bob)).headers["Location"].startswith("/admin/login/")
    assert left_by(wrote.bob) == 3
