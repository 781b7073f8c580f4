"""The open issues of one repository, told apart from its pull requests as far as GitHub's answer allows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from chat.github.gathered.people import Count, WebAddress, told_at

# The most that GitHub lists in one answer: up to here issues and pull requests can be told apart and counted.
MOST_LISTED = 100
# As many as one takes in at a glance.
MOST_SHOWN = 5


class Person(msgspec.Struct, frozen=True):
    """Somebody in GitHub's own form; null where the account is gone."""

    login: str


class _Label(msgspec.Struct, frozen=True):
    name: str


class ListedIssue(msgspec.Struct, frozen=True):
    """What we need of GitHub's own form, in which only a pull request has a `pull_request`."""

    number: Count
    title: str
    html_url: WebAddress
    user: Person | None = None
    labels: tuple[_Label, ...] = ()
    comments: Count = 0
    created_at: datetime | None = None
    pull_request: dict[str, object] | None = None

    @property
    def is_pull(self) -> bool:
        return self.pull_request is not None


class Issue(msgspec.Struct, frozen=True):
    """An open issue, never a pull request."""

    number: int
    title: str
    html_url: str
    author: str | None
    labels: list[str]
    comments: int
    created_at: str | None


class OpenIssues(msgspec.Struct, frozen=True):
    """How many there are; `pulls` is null where they could not be told apart, and then `issues` counts both."""

    issues: int | None
    pulls: int | None
    newest: list[Issue] | None


def path_of(repository: str) -> str:
    """Where GitHub lists what is open, `repository` being "owner/name"; the newest first."""
    return f"/repos/{repository}/issues?state=open&per_page={MOST_LISTED}"


def counted(listed: Sequence[ListedIssue] | None, both: int | None) -> OpenIssues:
    """What the list tells, or failing that the number of `both` that the repository itself tells."""
    if listed is None:
        return OpenIssues(both, None, None)
    issues = [each for each in listed if not each.is_pull]
    newest = [_issue(each) for each in issues[:MOST_SHOWN]]
    if len(listed) < MOST_LISTED:
        return OpenIssues(len(issues), len(listed) - len(issues), newest)
    return OpenIssues(both, None, newest)


def _issue(each: ListedIssue) -> Issue:
    return Issue(
        number=each.number,
        title=each.title,
        html_url=each.html_url,
        author=each.user.login if each.user else None,
        labels=[label.name for label in each.labels],
        comments=each.comments,
        created_at=told_at(each.created_at),
    )
