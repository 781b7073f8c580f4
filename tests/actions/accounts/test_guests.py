"""Who of the guests is deleted, who is anonymised, who stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions.accounts.guests import ANONYMOUS_NAME, GUEST_LIFE, forget_guests
from chat.models import Message, Reaction, Room, Token, User

pytestmark = pytest.mark.django_db


def make(name: str, *, age: timedelta = 2 * GUEST_LIFE, kind: str = User.Kind.GUEST) -> User:
    user = User.objects.create(username=name, name=name, kind=kind)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - age)
    return user


def write(author: User, *, age: timedelta = 2 * GUEST_LIFE) -> Message:
    room, _ = Room.objects.get_or_create(slug="lobby", defaults={"name": "lobby"})
    seq = Message.objects.count() + 1
    return Message.objects.create(
        room=room,
        author=author,
        text="hi",
        seq=seq,
        first_seq=seq,
        text_seq=seq,
        at=timezone.now() - age,
    )


def names() -> set[str]:
    return set(User.objects.filter(kind=User.Kind.GUEST).values_list("name", flat=True))


def test_a_guest_that_wrote_nothing_for_a_day_is_deleted() -> None:
    make("ghost")
    assert names() == {"ghost"}
    assert forget_guests() == 1
    assert names() == set()


def test_a_guest_that_wrote_keeps_its_messages_and_loses_its_name() -> None:
    message = write(make("poet"))
    assert forget_guests() == 1
    message.refresh_from_db()
    assert message.author.name == ANONYMOUS_NAME
    assert message.text == "hi"


def test_a_guest_that_only_reacted_is_kept_because_a_reaction_is_part_of_a_message() -> None:
    fan = make("fan")
    Reaction.objects.create(message=write(make("author", kind=User.Kind.USER)), user=fan, emoji="👍")
    forget_guests()
    assert names() == {ANONYMOUS_NAME}
    assert Reaction.objects.count() == 1


def test_fresh_active_and_token_holding_guests_stay() -> None:
    make("fresh", age=timedelta(hours=23))
    write(make("active"), age=timedelta(hours=23))
    Token.objects.create(user=make("holder"), digest="x", expires_at=timezone.now() + timedelta(minutes=1))
    assert forget_guests() == 0
    assert names() == {"fresh", "active", "holder"}


def test_an_expired_token_holds_nobody() -> None:
    Token.objects.create(user=make("holder"), digest="x", expires_at=timezone.now() - timedelta(minutes=1))
    assert forget_guests() == 1
    assert names() == set()


def test_people_who_are_no_guests_are_never_touched() -> None:
    make("alice", kind=User.Kind.USER)
    make("robot", kind=User.Kind.BOT)
    assert forget_guests() == 0
    assert User.objects.filter(name__in=["alice", "robot"]).count() == 2


def test_forgetting_goes_on_in_small_steps_until_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.actions.accounts.guests.FORGOTTEN_AT_ONCE", 2)
    for number in range(3):
        make(f"ghost {number}")
    write(make("poet"))
    assert [forget_guests() for _ in range(3)] == [2, 2, 0]
    assert names() == {ANONYMOUS_NAME}
