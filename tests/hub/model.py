"""What is known of the rooms of a course: who may see them after which change, and what is unread for whom."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.actions.course import Place

NAMES = ("alice", "bob", "carol", "gus")
GUESTS = {"gus"}


class Counts(NamedTuple):
    unread: int
    mentions: int


class Ending(NamedTuple):
    """Change `seq` ended whatever this one was subscribed to."""

    seq: int
    who: str
    reason: str


@dataclass
class Text:
    """One message that somebody wrote. `seqs` are the changes at which it said something new."""

    author: str
    text: str
    thread: int | None
    calls: set[str]
    seqs: list[int]
    deleted: bool = False


@dataclass
class Scene(Place):
    """One room. `seen_by` says by number who might see it once this change was made."""

    slug: str = ""
    pk: int = 0
    texts: dict[int, Text] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("alice", "bob"), 0))
    endings: list[Ending] = field(default_factory=list)
    # The numbers at which the kind changed.
    kinds: list[int] = field(default_factory=list)
    seen_by: list[set[str]] = field(default_factory=list)
    # Put out by what is being done right now, which has no number yet.
    _leaving: list[tuple[str, str]] = field(default_factory=list)

    def shows(self, who: str) -> bool:
        public = who not in GUESTS or self.kind == "public"
        return super().shows(who) and (public or who in self.roles)

    def comes(self, who: str) -> None:
        """Everything so far counts as read."""
        if who not in self.roles:
            self.roles[who] = "member"
            self.read[who] = max(self.texts, default=0)

    def goes(self, who: str, reason: str) -> None:
        self.roles.pop(who, None)
        self.read.pop(who, None)
        self._leaving.append((who, reason))

    def becomes(self, kind: str) -> None:
        before = {who for who in NAMES if self.shows(who)}
        if kind != self.kind:
            self.kinds.append(self.head + 1)
        self.kind = kind
        self._leaving += [(who, "kind_changed") for who in sorted(before) if not self.shows(who)]

    def has_come_to(self, head: int) -> None:
        """What was done last took the numbers up to `head`; whoever it put out is out from its first one on."""
        self.endings += [Ending(self.head + 1, who, reason) for who, reason in self._leaving]
        assert not self._leaving or head == self.head + 1
        self._leaving.clear()
        seers = {who for who in NAMES if self.shows(who)}
        # Whoever may see the room again before a process heard of its other kind is not put out there.
        self.endings = [one for one in self.endings if one.reason != "kind_changed" or one.who not in seers]
        self.seen_by += [set() for _ in range(head + 1 - len(self.seen_by))]
        for seen_by in self.seen_by[self.head + 1 :]:
            seen_by |= seers
        # Who is let in again without a number sees the room as it stands.
        self.seen_by[head] |= seers
        self.head = head

    def ends(self, who: str, since: int, up_to: int) -> list[Ending]:
        """What ended the subscriptions of this one above one number, up to another."""
        return [one for one in self.endings if one.who == who and since < one.seq <= up_to]

    def calls(self, author: str, text: str) -> set[str]:
        """The members whom a text of this author calls now."""
        called = {who for who in self.roles if f"@{who}" in text}
        if "@room" in text and self.moderated_by(author):
            called |= set(self.roles)
        return called - {author}

    def counts(self, who: str) -> Counts:
        above = [text for key, text in self.texts.items() if key > self.read[who] and not text.deleted]
        unread = [text for text in above if text.author != who and text.thread is None]
        return Counts(len(unread), sum(who in text.calls for text in above))
