"""Accounts, guests and tokens as they are made and ended; the sockets are looked at in tests/accounts."""

import pytest

from chat.actions.accounts import (
    create_account,
    create_guest,
    create_token,
    deactivate_user,
    reactivate_user,
    revoke_token,
)
from chat.errors import Conflict, Forbidden, Invalid
from chat.models import Token, User
from chat.models.token import digest
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("same", ["Bob", "BOB", "ｂｏｂ"])
def test_a_username_is_one_whatever_its_case_and_width(same: str) -> None:
    create_account("bob", None)
    with pytest.raises(Conflict) as refusal:
        create_account(same, None)
    assert refusal.value.field == "username"
    assert User.objects.count() == 1


@pytest.mark.parametrize("username", ["", "a b", "a/b", "x" * 151, "a\0b"])
def test_create_account_refuses_a_username_of_a_wrong_form(username: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_account(username, None)
    assert refusal.value.field == "username"


@pytest.mark.parametrize("name", ["x" * 81, "a\0b", "a\ud800b"])
def test_create_account_refuses_a_name_of_a_wrong_form(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_account("bob", None, name=name)
    assert refusal.value.field == "name"
    with pytest.raises(Invalid):
        create_guest(name)


def test_an_account_made_of_a_guest_keeps_what_the_guest_wrote_and_none_of_its_tokens(cast: Cast) -> None:
    posted = say(cast.gus, cast.lobby, "hello")
    create_token(cast.gus)
    account = create_account("gustav", "correct-horse-battery-9", name="Gustav", guest=cast.gus)
    assert account.pk == cast.gus.pk
    assert account.messages.get().pk == posted.message_id
    assert not account.is_guest
    assert account.check_password("correct-horse-battery-9")
    assert not Token.objects.exists()


def test_an_account_is_never_made_of_somebody_who_is_no_guest(cast: Cast) -> None:
    made = create_account("dora", None, guest=cast.bob)
    assert made.pk != cast.bob.pk
    assert User.objects.get(pk=cast.bob.pk).username == "bob"


def test_tokens_stand_beside_each_other_until_they_are_revoked(cast: Cast) -> None:
    first, second = create_token(cast.bob), create_token(cast.bob, "second")
    revoke_token(Token.objects.get(digest=digest(first)))
    assert Token.objects.get().digest == digest(second)


def test_a_closed_account_keeps_what_it_wrote_and_may_be_opened_again(cast: Cast) -> None:
    say(cast.bob, cast.lobby, "hello")
    deactivate_user(cast.bob, by=cast.alice)
    cast.bob.refresh_from_db()
    assert not cast.bob.is_active
    assert cast.bob.messages.get().text == "hello"
    reactivate_user(cast.bob, by=cast.alice)
    cast.bob.refresh_from_db()
    assert cast.bob.is_active


def test_nobody_deactivates_themselves(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        deactivate_user(cast.alice, by=cast.alice)
    assert User.objects.get(pk=cast.alice.pk).is_active
