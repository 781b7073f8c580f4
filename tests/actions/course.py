"""Several people who talk in two rooms: what each may say and change, and what must hold after each step."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.messages import Draft, Posted, post_messages
from chat.actions.reactions import react
from chat.actions.rooms import create_room
from chat.errors import Archived, ChatError, Conflict, Forbidden, NotFound
from chat.models import Message, Room
from chat.protocol.objects import MessageObject, PageObject
from tests.cast import assert_log_is_whole, person

NAMES = ("alice", "bob", "carol", "wanda")
PEOPLE = st.sampled_from(["alice", "bob", "carol"])
ROOMS = st.sampled_from(["open", "public"])
TEXTS = st.sampled_from(["one", "two", "three"])
EMOJI = st.sampled_from(["👍", "🎉"])
CLIENT_IDS = st.sampled_from([None, None, "k1", "k2", "k3"])
PICK = st.integers(0, 1_000)


@dataclass
class Said:
    """What is known of one message."""

    room: str
    author: str
    text: str
    seq: int
    reactions: set[tuple[str, str]] = field(default_factory=set)
    system: bool = False
    deleted: bool = False


@dataclass
class Place:
    """What is known of one room."""

    kind: str
    head: int = 0
    archived: bool = False
    name: str = ""
    topic: str = ""
    roles: dict[str, str] = field(
        default_factory=lambda: {"alice": "owner", "bob": "member", "wanda": "member"}
    )
    banned: set[str] = field(default_factory=set)

    def shows(self, who: str) -> bool:
        return who not in self.banned and (who in self.roles or self.kind in ("public", "open"))

    def moderated_by(self, who: str) -> bool:
        return self.roles.get(who) in ("moderator", "owner")

    def depends_on(self, who: str) -> bool:
        """Whether the room in use would have no owner without this one."""
        owners = [name for name, role in self.roles.items() if role == "owner"]
        return owners == [who] and not self.archived


class Reader:
    """A client by the book: a map of messages, and the number that it is complete to."""

    def __init__(self) -> None:
        self.held: dict[int, MessageObject] = {}
        self.n = 0

    def take(self, messages: list[MessageObject], complete_to: int) -> None:
        for message in messages:
            if message.id not in self.held or self.held[message.id].seq < message.seq:
                self.held[message.id] = message
        self.n = complete_to


class Conversation(RuleBasedStateMachine):
    """Two rooms, three people: alice owns, bob is a member, carol is outside. Wanda, a member, only reads."""

    # Each course has people and rooms of its own.
    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        number = next(self.numbers)
        self.people = {name: person(f"{name} {number}") for name in NAMES}
        members = [self.people[name].pk for name in ("bob", "wanda")]
        self.rooms: dict[str, Room] = {
            kind: create_room(self.people["alice"], f"{kind} {number}", kind, members=members)
            for kind in ("open", "public")
        }
        self.places = {kind: Place(kind, name=room.name) for kind, room in self.rooms.items()}
        self.said: dict[int, Said] = {}
        self.sent: dict[tuple[str, str], tuple[int, Draft, int]] = {}
        self.readers = {kind: [Reader(), Reader()] for kind in self.rooms}

    @rule(who=PEOPLE, where=ROOMS, text=TEXTS, client_id=CLIENT_IDS)
    def post(self, who: str, where: str, text: str, client_id: str | None) -> None:
        draft = Draft(self.people[who].pk, self.rooms[where].slug, text, client_id)
        [answer] = post_messages([draft])
        before = self.sent.get((who, client_id or ""))
        if before is not None:
            message_id, first, first_seq = before
            if first == draft or self.said[message_id].deleted:
                assert answer == Posted(message_id, first_seq, duplicate=True)
            else:
                assert isinstance(answer, Conflict)
        elif (error := self.refuses_writing(who, where)) is not None:
            assert type(answer) is error
        else:
            assert isinstance(answer, Posted)
            assert not answer.duplicate
            self.said[answer.message_id] = Said(where, who, text, self.takes_number(where, answer.seq))
            if client_id is not None:
                self.sent[who, client_id] = (answer.message_id, draft, answer.seq)

    @rule(where=ROOMS, texts=st.lists(TEXTS, min_size=2, max_size=4))
    def post_several(self, where: str, texts: list[str]) -> None:
        for text in texts:
            self.post("bob", where, text, None)

    @precondition(lambda self: self.said)
    @rule(who=PEOPLE, pick=PICK, text=TEXTS)
    def edit(self, who: str, pick: int, text: str) -> None:
        message_id, said = self.pick(pick)
        error = self.refuses_touching(who, said)
        # What somebody may never do is forbidden also where nobody may do it now.
        if self.places[said.room].shows(who) and (said.system or said.author != who):
            error = Forbidden
        seq = self.tried(lambda: edit_message(self.people[who], message_id, text), error)
        if seq is not None and said.text != text:
            said.text, said.seq = text, self.takes_number(said.room, seq)
        elif seq is not None:
            assert seq == said.seq

    @precondition(lambda self: self.said)
    @rule(who=PEOPLE, pick=PICK)
    def delete(self, who: str, pick: int) -> None:
        message_id, said = self.pick(pick)
        if said.deleted and self.places[said.room].shows(who):
            assert delete_message(self.people[who], message_id) == said.seq
            return
        mine = said.author == who or self.places[said.room].moderated_by(who)
        hidden = NotFound if not self.places[said.room].shows(who) else None
        refused = Forbidden if said.system or not mine else self.refuses_writing(who, said.room)
        error = hidden or refused
        seq = self.tried(lambda: delete_message(self.people[who], message_id), error)
        if seq is not None:
            said.deleted, said.seq = True, self.takes_number(said.room, seq)

    @precondition(lambda self: self.said)
    @rule(who=PEOPLE, pick=PICK, emoji=EMOJI, on=st.booleans())
    def react(self, who: str, pick: int, emoji: str, on: bool) -> None:
        message_id, said = self.pick(pick)
        error = self.refuses_touching(who, said)
        seq = self.tried(lambda: react(self.people[who], message_id, emoji, on), error)
        if seq is None:
            return
        if ((who, emoji) in said.reactions) == on:
            assert seq == said.seq
            return
        said.reactions ^= {(who, emoji)}
        said.seq = self.takes_number(said.room, seq)

    @rule(where=ROOMS, which=st.booleans())
    def come_back(self, where: str, which: bool) -> None:
        """A reader who was away asks `sync` until there is no more."""
        reader, more = self.readers[where][which], True
        while more:
            page: PageObject = history.sync(self.people["wanda"], self.rooms[where].slug, reader.n, None)
            reader.take(page.messages, page.seq)
            more = page.more
        assert reader.n == self.places[where].head
        assert reader.held == self.fresh(where)

    @rule(where=ROOMS, which=st.booleans())
    def heal(self, where: str, which: bool) -> None:
        """A reader who missed events is led over the hole by frames, each beginning where the last ended."""
        reader, more = self.readers[where][which], True
        while more:
            healed = history.changes_since(self.rooms[where].pk, reader.n)
            for hint in healed.hints:
                event = msgspec.json.decode(hint.frame)
                assert event.get("prev", hint.seq - 1) == hint.prev <= reader.n
                reader.take([msgspec.convert(event["message"], MessageObject)], hint.seq)
            more = healed.more
        assert reader.n == self.places[where].head
        assert reader.held == self.fresh(where)

    @invariant()
    def the_log_is_whole_and_the_rows_are_as_known(self) -> None:
        for where, place in self.places.items():
            room = Room.objects.get(pk=self.rooms[where].pk)
            assert_log_is_whole(room)
            found_now = (room.seq, room.archived, room.name, room.topic, room.kind)
            assert found_now == (place.head, place.archived, place.name, place.topic, place.kind)
            members = dict(room.memberships.values_list("user_id", "role"))
            assert members == {self.people[name].pk: role for name, role in place.roles.items()}
            assert room.member_count == len(members)
            assert set(room.bans.values_list("user_id", flat=True)) == {
                self.people[name].pk for name in place.banned
            }
            for name, user in self.people.items():
                assert Room.objects.visible_to(user).filter(pk=room.pk).exists() is place.shows(name)
            found = self.fresh(where)
            known = {key: said for key, said in self.said.items() if said.room == where}
            assert set(found) == set(known)
            assert max((said.seq for said in known.values()), default=0) == room.seq
            for key, said in known.items():
                assert (found[key].seq, found[key].deleted) == (said.seq, said.deleted)
                assert found[key].text == ("" if said.deleted else said.text)
                count = sum(reaction.count for reaction in found[key].reactions)
                assert count == (0 if said.deleted else len(said.reactions))

    def fresh(self, where: str) -> dict[int, MessageObject]:
        """The room as somebody loads it who was never there."""
        ids = [key for key, said in self.said.items() if said.room == where]
        assert Message.objects.filter(room=self.rooms[where]).count() == len(ids)
        return {message.id: message for message in history.messages_by_id(self.people["wanda"], ids)}

    def pick(self, number: int) -> tuple[int, Said]:
        key = sorted(self.said)[number % len(self.said)]
        return key, self.said[key]

    def refuses_writing(self, who: str, where: str) -> type[ChatError] | None:
        place = self.places[where]
        if not place.shows(who):
            return NotFound
        if place.kind != "public" and who not in place.roles:
            return Forbidden
        return Archived if place.archived else None

    def refuses_touching(self, who: str, said: Said) -> type[ChatError] | None:
        error = self.refuses_writing(who, said.room)
        return error or (Forbidden if said.system else NotFound if said.deleted else None)

    def tried(self, action: Callable[[], Any], error: type[ChatError] | None) -> Any:
        """The action's result; None when it was refused as expected."""
        if error is None:
            return action()
        with pytest.raises(error):
            action()
        return None

    def takes_number(self, where: str, seq: int) -> int:
        place = self.places[where]
        place.head += 1
        assert seq == place.head
        return seq

    def records(self, where: str, who: str) -> None:
        """What was just done left a message of the system."""
        newest = Message.objects.filter(room=self.rooms[where]).latest("id")
        assert newest.kind == Message.Kind.SYSTEM
        self.said[newest.pk] = Said(where, who, "", self.takes_number(where, newest.seq), system=True)
