"""Whatever several people do in whatever order: numbers stay dense, and every reader can be made complete."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat import history
from chat.actions.edits import delete_message, edit_message
from chat.actions.memberships import join_room, leave_room
from chat.actions.messages import Draft, Posted, post_messages
from chat.actions.reactions import react
from chat.actions.rooms import archive_room, create_room
from chat.errors import Archived, ChatError, Conflict, Forbidden, NotFound
from chat.models import Message, Room
from chat.protocol.objects import MessageObject, PageObject
from tests.cast import assert_log_is_whole, person

pytestmark = pytest.mark.django_db

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

    head: int = 0
    archived: bool = False
    roles: dict[str, str] = field(default_factory=lambda: {"alice": "owner", "bob": "member"})


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


class Course(RuleBasedStateMachine):
    """Two rooms, three people: alice owns, bob is a member, carol is outside."""

    # Each course has people and rooms of its own.
    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        number = next(self.numbers)
        self.people = {name: person(f"{name} {number}") for name in ("alice", "bob", "carol")}
        self.rooms: dict[str, Room] = {
            kind: create_room(self.people["alice"], f"{kind} {number}", kind, members=[self.people["bob"].pk])
            for kind in ("open", "public")
        }
        self.places = {"open": Place(), "public": Place()}
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
        error = self.refuses_touching(who, said) or (Forbidden if said.author != who else None)
        seq = self.tried(lambda: edit_message(self.people[who], message_id, text), error)
        if seq is not None and said.text != text:
            said.text, said.seq = text, self.takes_number(said.room, seq)
        elif seq is not None:
            assert seq == said.seq

    @precondition(lambda self: self.said)
    @rule(who=PEOPLE, pick=PICK)
    def delete(self, who: str, pick: int) -> None:
        message_id, said = self.pick(pick)
        if said.deleted:
            assert delete_message(self.people[who], message_id) == said.seq
            return
        mine = said.author == who or self.places[said.room].roles.get(who) == "owner"
        error = Forbidden if said.system or not mine else self.refuses_writing(who, said.room)
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

    @rule(who=PEOPLE, where=ROOMS)
    def join(self, who: str, where: str) -> None:
        place = self.places[where]
        inside = who in place.roles
        error = Archived if place.archived and not inside else None
        done = self.tried(lambda: join_room(self.people[who], self.rooms[where].slug), error)
        if done is not None and not inside:
            place.roles[who] = "member"
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS)
    def leave(self, who: str, where: str) -> None:
        roles = self.places[where].roles
        last_owner = roles.get(who) == "owner" and len(roles) > 1
        error = Conflict if last_owner else None
        done = self.tried(lambda: leave_room(self.people[who], self.rooms[where].slug), error)
        if done is not None and who in roles:
            del roles[who]
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, on=st.booleans())
    def archive(self, who: str, where: str, on: bool) -> None:
        place = self.places[where]
        error = None if place.roles.get(who) == "owner" else Forbidden
        done = self.tried(lambda: archive_room(self.people[who], self.rooms[where].slug, on), error)
        if done is not None and place.archived != on:
            place.archived = on
            self.records(where, who)

    @rule(where=ROOMS, which=st.booleans())
    def come_back(self, where: str, which: bool) -> None:
        """A reader who was away asks `sync` until there is no more."""
        reader, more = self.readers[where][which], True
        while more:
            page: PageObject = history.sync(self.people["carol"], self.rooms[where].slug, reader.n, None)
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
            assert (room.seq, room.archived, room.member_count) == (
                place.head,
                place.archived,
                len(place.roles),
            )
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
        return {message.id: message for message in history.messages_by_id(self.people["carol"], ids)}

    def pick(self, number: int) -> tuple[int, Said]:
        key = sorted(self.said)[number % len(self.said)]
        return key, self.said[key]

    def refuses_writing(self, who: str, where: str) -> type[ChatError] | None:
        place = self.places[where]
        if where == "open" and who not in place.roles:
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


def test_any_course_of_events_keeps_the_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    """With small pages, so that a few messages already make several."""
    monkeypatch.setattr("chat.history.pages.SYNC_PAGE", 2)
    monkeypatch.setattr("chat.history.feeds.HEAL_PAGE", 2)
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
