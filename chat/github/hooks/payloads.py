"""What GitHub's webhooks say, in the form of the few fields that are read here; all others pass unread."""

import msgspec


class Named(msgspec.Struct, frozen=True):
    name: str = ""


class Account(msgspec.Struct, frozen=True):
    """`type` is User, Organization or Bot."""

    login: str = ""
    type: str = "User"

    @property
    def is_bot(self) -> bool:
        return self.type == "Bot" or self.login.endswith("[bot]")


class Repository(msgspec.Struct, frozen=True):
    full_name: str
    html_url: str
    private: bool = False

    @property
    def owner_name(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def own_name(self) -> str:
        return self.full_name.partition("/")[2]


class Branch(msgspec.Struct, frozen=True):
    ref: str = ""


class Subject(msgspec.Struct, frozen=True):
    """A pull request or an issue. An issue that is a pull request says so by having `pull_request`."""

    number: int
    title: str
    html_url: str
    labels: tuple[Named, ...] | None = ()
    draft: bool | None = None
    merged: bool | None = None
    merged_at: str | None = None
    state_reason: str | None = None
    base: Branch | None = None
    pull_request: dict[str, object] | None = None


class Comment(msgspec.Struct, frozen=True):
    html_url: str
    path: str | None = None
    commit_id: str = ""


class Review(msgspec.Struct, frozen=True):
    html_url: str
    state: str = ""


class Release(msgspec.Struct, frozen=True):
    html_url: str
    tag_name: str
    name: str | None = None
    prerelease: bool = False


class Linked(msgspec.Struct, frozen=True):
    """A pull request as a run of checks names it."""

    number: int


class Run(msgspec.Struct, frozen=True):
    """A run of checks or of a workflow: of one commit, and of the pull requests that have it as their head."""

    head_sha: str
    head_branch: str | None = None
    html_url: str | None = None
    pull_requests: tuple[Linked, ...] | None = ()


class Commit(msgspec.Struct, frozen=True):
    message: str = ""


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What every event of a repository has."""

    repository: Repository
    sender: Account = Account()
    action: str = ""


class OfPull(Delivered, frozen=True, kw_only=True):
    pull_request: Subject
    requested_reviewer: Account | None = None
    requested_team: Named | None = None
    review: Review | None = None
    comment: Comment | None = None


class OfIssue(Delivered, frozen=True, kw_only=True):
    issue: Subject
    comment: Comment | None = None


class Push(Delivered, frozen=True, kw_only=True):
    """`commits` has at most 2,048 of them, whatever was pushed."""

    ref: str
    compare: str
    created: bool = False
    deleted: bool = False
    forced: bool = False
    commits: tuple[dict[str, object], ...] = ()
    head_commit: Commit | None = None


class OfRef(Delivered, frozen=True, kw_only=True):
    """A branch or tag came or went; `ref_type` says which, `ref` is its name."""

    ref: str
    ref_type: str


class OfRelease(Delivered, frozen=True, kw_only=True):
    release: Release


class OfWorkflow(Delivered, frozen=True, kw_only=True):
    workflow_run: Run


class OfSuite(Delivered, frozen=True, kw_only=True):
    check_suite: Run


class OfCheck(Delivered, frozen=True, kw_only=True):
    check_run: Run


class OfStatus(Delivered, frozen=True, kw_only=True):
    sha: str


class OfCommit(Delivered, frozen=True, kw_only=True):
    comment: Comment


class WasNamed(msgspec.Struct, frozen=True):
    was: str = msgspec.field(name="from")


class ChangedName(msgspec.Struct, frozen=True):
    name: WasNamed | None = None


class FormerOwner(msgspec.Struct, frozen=True):
    """One of both: an account of a person, or of an organisation."""

    user: Account | None = None
    organization: Account | None = None


class WasOwned(msgspec.Struct, frozen=True):
    was: FormerOwner = msgspec.field(name="from")


class Changes(msgspec.Struct, frozen=True):
    repository: ChangedName | None = None
    owner: WasOwned | None = None


class OfRepository(Delivered, frozen=True, kw_only=True):
    changes: Changes | None = None

    @property
    def former_name(self) -> str:
        """`owner/name` before it was renamed or handed over; empty for everything else."""
        changes = self.changes
        if self.action == "renamed" and changes and changes.repository and changes.repository.name:
            return f"{self.repository.owner_name}/{changes.repository.name.was}"
        if self.action == "transferred" and changes and changes.owner:
            owner = changes.owner.was.user or changes.owner.was.organization
            return f"{owner.login}/{self.repository.own_name}" if owner else ""
        return ""
