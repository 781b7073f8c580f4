"""Whatever several people do in whatever order: numbers are dense, rights hold, every reader can be made complete."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from chat.actions.rooms import (
    add_members,
    archive_room,
    ban_user,
    change_room,
    join_room,
    leave_room,
    remove_member,
    set_role,
    unban_user,
)
from chat.errors import Archived, ChatError, Conflict, Forbidden, NotFound
from tests.actions.course import PEOPLE, ROOMS, TEXTS, Conversation

pytestmark = pytest.mark.django_db

KINDS = st.sampled_from(["public", "open", "private"])
ROLES = st.sampled_from(["member", "moderator", "owner"])

Error = type[ChatError] | None


class Course(Conversation):
    """The same rooms, and what becomes of them and of those who belong to them."""

    @rule(who=PEOPLE, where=ROOMS)
    def join(self, who: str, where: str) -> None:
        place = self.places[where]
        inside = who in place.roles
        error: Error = Archived if place.archived and not inside else None
        if self.done(who, where, lambda: join_room(self.people[who], self.slug(where)), error) and not inside:
            place.roles[who] = "member"
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS)
    def leave(self, who: str, where: str) -> None:
        place = self.places[where]
        error: Error = Conflict if place.depends_on(who) else None
        inside = who in place.roles
        if self.done(who, where, lambda: leave_room(self.people[who], self.slug(where)), error) and inside:
            del place.roles[who]
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, whom=PEOPLE)
    def invite(self, who: str, where: str, whom: str) -> None:
        place, user_id = self.places[where], self.people[whom].pk
        may = place.moderated_by(who) if place.kind == "private" else who in place.roles
        new = whom not in place.roles
        error: Error = Archived if place.archived else Conflict if whom in place.banned else None
        error = Forbidden if not may else error if new else None
        if (
            self.done(who, where, lambda: add_members(self.people[who], self.slug(where), [user_id]), error)
            and new
        ):
            place.roles[whom] = "member"
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, whom=PEOPLE)
    def remove(self, who: str, where: str, whom: str) -> None:
        if who == whom:
            self.leave(who, where)
            return
        place, user_id = self.places[where], self.people[whom].pk
        error = self.refuses_putting_out(who, where, whom)
        if error is None and whom not in place.roles:
            error = NotFound
        if self.done(who, where, lambda: remove_member(self.people[who], self.slug(where), user_id), error):
            del place.roles[whom]
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, whom=PEOPLE)
    def ban(self, who: str, where: str, whom: str) -> None:
        if who == whom:
            return
        place, user_id = self.places[where], self.people[whom].pk
        error = self.refuses_putting_out(who, where, whom)
        new = whom not in place.banned
        if (
            self.done(who, where, lambda: ban_user(self.people[who], self.slug(where), user_id), error)
            and new
        ):
            place.roles.pop(whom, None)
            place.banned.add(whom)
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, whom=PEOPLE)
    def unban(self, who: str, where: str, whom: str) -> None:
        place, user_id = self.places[where], self.people[whom].pk
        error: Error = None if place.moderated_by(who) else Forbidden
        if self.done(who, where, lambda: unban_user(self.people[who], self.slug(where), user_id), error):
            place.banned.discard(whom)

    @rule(who=PEOPLE, where=ROOMS, whom=PEOPLE, role=ROLES)
    def give_role(self, who: str, where: str, whom: str, role: str) -> None:
        place, user_id = self.places[where], self.people[whom].pk
        before = place.roles.get(whom)
        error: Error = Conflict if place.depends_on(whom) and role != "owner" else None
        error = Forbidden if place.roles.get(who) != "owner" else NotFound if before is None else error
        done = self.done(
            who, where, lambda: set_role(self.people[who], self.slug(where), user_id, role), error
        )
        if done and before != role:
            place.roles[whom] = role
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, text=TEXTS)
    def rename(self, who: str, where: str, text: str) -> None:
        place = self.places[where]
        error = self.refuses_changing(who, where)
        done = self.done(
            who, where, lambda: change_room(self.people[who], self.slug(where), name=text), error
        )
        if done and place.name != text:
            place.name = text
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, text=TEXTS)
    def change_topic(self, who: str, where: str, text: str) -> None:
        place = self.places[where]
        error = self.refuses_changing(who, where)
        done = self.done(
            who, where, lambda: change_room(self.people[who], self.slug(where), topic=text), error
        )
        if done and place.topic != text:
            place.topic = text
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, kind=KINDS)
    def change_kind(self, who: str, where: str, kind: str) -> None:
        place = self.places[where]
        error = self.refuses_changing(who, where) if place.roles.get(who) == "owner" else Forbidden
        done = self.done(
            who, where, lambda: change_room(self.people[who], self.slug(where), kind=kind), error
        )
        if done and place.kind != kind:
            place.kind = kind
            self.records(where, who)

    @rule(who=PEOPLE, where=ROOMS, on=st.booleans())
    def archive(self, who: str, where: str, on: bool) -> None:
        place = self.places[where]
        error: Error = None if place.roles.get(who) == "owner" else Forbidden
        done = self.done(who, where, lambda: archive_room(self.people[who], self.slug(where), on), error)
        if done and place.archived != on:
            place.archived = on
            self.records(where, who)

    def slug(self, where: str) -> str:
        return self.rooms[where].slug

    def done(self, who: str, where: str, action: Callable[[], object], error: Error) -> bool:
        """Whether it was carried out; where the room is hidden, that is what refuses it before all else."""
        hidden = not self.places[where].shows(who)
        return self.tried(action, NotFound if hidden else error) is not None

    def refuses_changing(self, who: str, where: str) -> Error:
        place = self.places[where]
        if not place.moderated_by(who):
            return Forbidden
        return Archived if place.archived else None

    def refuses_putting_out(self, who: str, where: str, whom: str) -> Error:
        place = self.places[where]
        if not place.moderated_by(who):
            return Forbidden
        return Forbidden if place.roles[who] == "moderator" and place.moderated_by(whom) else None


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
