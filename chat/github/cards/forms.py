"""The forms of GitHub's answers that cards are made of: the fields that are shown, everything else is passed over."""

import msgspec

from chat.github.visibility import Visible


class Account(msgspec.Struct, frozen=True):
    login: str
    avatar_url: str = ""


class Profile(Account, frozen=True):
    name: str | None = None
    bio: str | None = None
    company: str | None = None
    location: str | None = None
    followers: int = 0
    public_repos: int = 0


class Label(msgspec.Struct, frozen=True):
    name: str = ""
    color: str | None = None


class Repository(Visible, frozen=True, kw_only=True):
    full_name: str
    owner: Account
    description: str | None = None
    language: str | None = None
    stargazers_count: int = 0
    forks_count: int = 0
    open_issues_count: int = 0
    archived: bool = False


class PullLink(msgspec.Struct, frozen=True):
    """What an issue has that is a pull request."""

    merged_at: str | None = None


class Issue(msgspec.Struct, frozen=True):
    number: int
    title: str
    state: str
    user: Account | None = None
    body: str | None = None
    labels: list[Label] = []
    comments: int = 0
    state_reason: str | None = None
    pull_request: PullLink | None = None


class Head(msgspec.Struct, frozen=True):
    sha: str


class Base(msgspec.Struct, frozen=True):
    ref: str = ""
    repo: Visible | None = None


class Pull(Issue, frozen=True, kw_only=True):
    head: Head
    base: Base
    draft: bool | None = False
    merged: bool = False
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    requested_reviewers: list[Account] = []
    requested_teams: list[msgspec.Raw] = []


class Review(msgspec.Struct, frozen=True):
    state: str
    user: Account | None = None


class CheckRun(msgspec.Struct, frozen=True):
    status: str
    conclusion: str | None = None


class CheckRuns(msgspec.Struct, frozen=True):
    total_count: int
    check_runs: list[CheckRun]


class Signature(msgspec.Struct, frozen=True):
    name: str = ""
    date: str = ""


class CommitText(msgspec.Struct, frozen=True):
    message: str
    author: Signature | None = None


class Stats(msgspec.Struct, frozen=True):
    additions: int = 0
    deletions: int = 0


class Commit(msgspec.Struct, frozen=True):
    sha: str
    commit: CommitText
    author: Account | None = None
    stats: Stats = Stats()


class Release(msgspec.Struct, frozen=True):
    tag_name: str
    name: str | None = None
    body: str | None = None
    draft: bool = False
    prerelease: bool = False
    published_at: str | None = None
    author: Account | None = None


class File(msgspec.Struct, frozen=True):
    """`content` is empty for a file that is too large for this door of GitHub's."""

    path: str
    encoding: str = ""
    content: str = ""
