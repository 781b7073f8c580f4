"""What the words need of GitHub's own forms; everything else in them is passed over."""

import msgspec

from chat.github.gathered.people import Count, WebAddress
from chat.github.visibility import Visible


class Profile(msgspec.Struct, frozen=True):
    login: str
    html_url: WebAddress
    followers: Count = 0
    public_repos: Count = 0
    name: str | None = None
    bio: str | None = None
    company: str | None = None
    location: str | None = None


class Repository(Visible, frozen=True, kw_only=True):
    full_name: str
    html_url: WebAddress
    description: str | None = None
    language: str | None = None
    stargazers_count: Count = 0
    forks_count: Count = 0
    open_issues_count: Count = 0
    archived: bool = False


class Login(msgspec.Struct, frozen=True):
    login: str


class Label(msgspec.Struct, frozen=True):
    name: str | None = None


class PullRequest(msgspec.Struct, frozen=True):
    merged_at: str | None = None


class Issue(msgspec.Struct, frozen=True):
    """An issue, or a pull request: then `pull_request` is there."""

    number: Count
    title: str
    html_url: WebAddress
    state: str
    user: Login | None = None
    state_reason: str | None = None
    labels: tuple[Label | str, ...] = ()
    comments: Count = 0
    draft: bool = False
    pull_request: PullRequest | None = None

    @property
    def standing(self) -> str:
        """How it stands, in a word or two."""
        if self.pull_request is not None and self.pull_request.merged_at is not None:
            return "merged"
        if self.state == "closed":
            return "closed as not planned" if self.state_reason == "not_planned" else "closed"
        return "draft" if self.draft else "open"

    @property
    def label_names(self) -> list[str]:
        names = (label if isinstance(label, str) else label.name for label in self.labels)
        return [name for name in names if name]
