"""What one account did lately, from its public events: how much on which day, of which kind, and the last of it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from chat.github.gathered.people import WebAddress
from chat.github.visibility import shown_among
from chat.payloads import timestamp

# The most that GitHub tells in one answer. It remembers 90 days, and 300 events.
MOST_TOLD = 100
DAYS_SHOWN = 30
MOST_RECENT = 10


class _Repository(msgspec.Struct, frozen=True):
    name: str


class _Subject(msgspec.Struct, frozen=True):
    """An issue, a pull request, a release or a comment; each event brings some of this."""

    number: int | None = None
    title: str | None = None
    tag_name: str | None = None
    html_url: WebAddress | None = None


class _Payload(msgspec.Struct, frozen=True):
    action: str = ""
    ref: str | None = None
    ref_type: str | None = None
    number: int | None = None
    issue: _Subject | None = None
    pull_request: _Subject | None = None
    release: _Subject | None = None
    comment: _Subject | None = None


class ToldEvent(msgspec.Struct, frozen=True):
    """What we need of GitHub's own form. One that is not `public` was done in a private repository."""

    type: str
    created_at: datetime
    repo: _Repository
    payload: _Payload = _Payload()
    public: bool = True


class Day(msgspec.Struct, frozen=True):
    """A day in UTC."""

    day: str
    events: int


class Kind(msgspec.Struct, frozen=True):
    """A kind of event, in GitHub's words: `push`, `pull_request`, `issue_comment` …"""

    kind: str
    events: int


class RecentEvent(msgspec.Struct, frozen=True):
    """One thing that was done; `text` goes on after the name: "opened pull request #7"."""

    kind: str
    repository: str
    at: str
    text: str
    url: str | None


class Activity(msgspec.Struct, frozen=True):
    """The last 30 days, the oldest first. When not `complete`, nothing is known of the days before `since`."""

    counted: int
    complete: bool
    since: str
    days: list[Day]
    kinds: list[Kind]


def path_of(login: str) -> str:
    """Where GitHub tells what an account did in public."""
    return f"/users/{login.lower()}/events/public?per_page={MOST_TOLD}"


def activity(told: Sequence[ToldEvent], token: str | None, today: date) -> Activity:
    """How much was done in the days up to today, of what is shown to whoever asked; `token` is their own."""
    first = today - timedelta(days=DAYS_SHOWN - 1)
    # A full answer may have left out what is older than its oldest, whether that is shown or not.
    since = first if len(told) < MOST_TOLD else max(first, min(map(_day, told)))
    shown = [event for event in shown_among(told, token) if first <= _day(event) <= today]
    by_day = Counter(map(_day, shown))
    spread = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    kinds = Counter(_kind(event) for event in shown).most_common()
    return Activity(
        counted=len(shown),
        complete=since == first,
        since=since.isoformat(),
        days=[Day(day.isoformat(), by_day[day]) for day in spread],
        kinds=[Kind(kind, count) for kind, count in kinds],
    )


def recent(told: Sequence[ToldEvent], token: str | None) -> list[RecentEvent]:
    """The newest of the same, newest first."""
    newest = sorted(shown_among(told, token), key=lambda event: event.created_at, reverse=True)[:MOST_RECENT]
    return [_recent(event) for event in newest]


def _recent(event: ToldEvent) -> RecentEvent:
    kind, payload = _kind(event), event.payload
    say = SENTENCES.get(kind, _plainly)
    subject = payload.comment or payload.release or payload.pull_request or payload.issue
    url = subject.html_url if subject else None
    return RecentEvent(kind, event.repo.name, timestamp(event.created_at), say(kind, payload), url)


def _day(event: ToldEvent) -> date:
    return event.created_at.astimezone(UTC).date()


def _kind(event: ToldEvent) -> str:
    """PullRequestReviewEvent is pull_request_review."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.type.removesuffix("Event")).lower()


def _plainly(kind: str, payload: _Payload) -> str:
    return " ".join([*kind.split("_"), *([payload.action] if payload.action else [])])


def _pushed(_kind: str, payload: _Payload) -> str:
    branch = _ref(payload)
    return f"pushed to {branch}" if branch else "pushed"


def _made(_kind: str, payload: _Payload) -> str:
    return " ".join(["created", payload.ref_type or "repository", *filter(None, (_ref(payload),))])


def _deleted(_kind: str, payload: _Payload) -> str:
    return " ".join(["deleted", *filter(None, (payload.ref_type, _ref(payload)))])


def _released(_kind: str, payload: _Payload) -> str:
    tag = payload.release.tag_name if payload.release else None
    return f"{payload.action or 'published'} release {tag or ''}".strip()


def _pull(_kind: str, payload: _Payload) -> str:
    return f"{payload.action} pull request {_number(payload.pull_request, payload)}".strip()


def _issue(_kind: str, payload: _Payload) -> str:
    return f"{payload.action} issue {_number(payload.issue, payload)}".strip()


def _reviewed(_kind: str, payload: _Payload) -> str:
    return f"reviewed pull request {_number(payload.pull_request, payload)}".strip()


def _commented(_kind: str, payload: _Payload) -> str:
    return f"commented on {_number(payload.issue or payload.pull_request, payload)}".strip()


def _ref(payload: _Payload) -> str:
    """The name of a branch or tag, whole or short as it comes."""
    return (payload.ref or "").removeprefix("refs/heads/").removeprefix("refs/tags/")


def _number(subject: _Subject | None, payload: _Payload) -> str:
    number = subject.number if subject else None
    number = payload.number if number is None else number
    title = subject.title if subject else None
    return (f"#{number}" if number is not None else "") + (f": {title}" if title else "")


SENTENCES: dict[str, Callable[[str, _Payload], str]] = {
    "push": _pushed,
    "create": _made,
    "delete": _deleted,
    "release": _released,
    "pull_request": _pull,
    "pull_request_review": _reviewed,
    "pull_request_review_comment": _commented,
    "issues": _issue,
    "issue_comment": _commented,
    "commit_comment": lambda _kind, _payload: "commented on a commit",
    "watch": lambda _kind, _payload: "starred the repository",
    "fork": lambda _kind, _payload: "forked the repository",
    "public": lambda _kind, _payload: "made the repository public",
}
