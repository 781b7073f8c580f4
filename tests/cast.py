"""The cast of the tests of the core: alice owns, bob is a member, carol is outside, gus is a guest.

Each stands so to the four rooms: the lobby, which is public, and one open, one private and one direct room.
"""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from chat.actions.messages import Draft, Posted, post_message
from chat.actions.rooms import create_room
from chat.models import Change, Membership, Message, Room, User


@dataclass(frozen=True)
class Cast:
    alice: User
    bob: User
    carol: User
    gus: User
    lobby: Room
    open: Room
    private: Room
    direct: Room

    @property
    def rooms(self) -> list[Room]:
        return [self.lobby, self.open, self.private, self.direct]


def assemble() -> Cast:
    """Make them all, with the actions that people use."""
    alice, bob, carol = (person(name) for name in ("alice", "bob", "carol"))
    lobby = Room.objects.get(slug="lobby")
    lobby.memberships.create(user=alice, role=Membership.Role.OWNER)
    lobby.memberships.create(user=bob)
    Room.objects.filter(pk=lobby.pk).update(member_count=2)
    lobby.refresh_from_db()
    return Cast(
        alice,
        bob,
        carol,
        person("gus", User.Kind.GUEST),
        lobby,
        create_room(alice, "Open", Room.Kind.OPEN, members=[bob.pk]),
        create_room(alice, "Private", Room.Kind.PRIVATE, members=[bob.pk]),
        create_room(alice, "Alice and Bob", Room.Kind.DIRECT, members=[bob.pk]),
    )


def person(name: str, kind: str = User.Kind.USER) -> User:
    """Somebody who signs in without a password: hashing one takes longer than most tests."""
    user = User(username=name, name=name.title(), kind=kind)
    user.set_unusable_password()
    user.save()
    return user


def sign_in(user: User) -> str:
    """A session as Django makes it; its key."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    assert request.session.session_key
    return request.session.session_key


def say(author: User, room: Room, text: str, client_id: str | None = None, **fields: int) -> Posted:
    """Post one text; raises the ChatError that refused it."""
    return post_message(Draft(author.pk, room.slug, text, client_id, **fields))


def message_of(posted: Posted) -> Message:
    """The row as it now is."""
    return Message.objects.get(pk=posted.message_id)


def assert_log_is_whole(room: Room) -> None:
    """The invariants of a room's numbers: dense, one log row each, every message at its latest one."""
    head = Room.objects.get(pk=room.pk).seq
    log = list(Change.objects.filter(room=room).order_by("seq").values_list("seq", "message_id"))
    assert [seq for seq, _ in log] == list(range(1, head + 1))
    latest = {message_id: seq for seq, message_id in log}
    earliest = {message_id: seq for seq, message_id in reversed(log)}
    rows = list(Message.objects.filter(room=room).order_by("id").values_list("pk", "seq", "first_seq"))
    assert {pk: seq for pk, seq, _ in rows} == latest
    assert {pk: first for pk, _, first in rows} == earliest
    assert [first for _, _, first in rows] == sorted(first for _, _, first in rows)
