"""One repository at a glance: itself, what is open, its latest release, who made it; asked for at the same time."""

import asyncio
import functools
import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.conf import settings

from chat.errors import Invalid, NotFound
from chat.github.gathered import issues
from chat.github.gathered.issues import Issue, ListedIssue, OpenIssues, Person
from chat.github.gathered.parts import PartError, Parts, PartSource
from chat.github.gathered.people import Count, WebAddress, check_login, told_at
from chat.github.gathered.repositories import ListedRepository
from chat.github.resources import Quota, Sourced, fetch, granted
from chat.github.visibility import may_be_shown

# GitHub's own rule, and its bound.
NAME = re.compile(r"(?!\.{1,2}$)[a-z0-9._-]{1,100}", re.IGNORECASE | re.ASCII)
# As many as one takes in at a glance.
MOST_CONTRIBUTORS = 10


class _Licence(msgspec.Struct, frozen=True):
    name: str


class WholeRepository(ListedRepository, frozen=True):
    """What we need of GitHub's own form; old servers leave some of it out."""

    full_name: str = ""
    homepage: str | None = None
    topics: tuple[str, ...] = ()
    default_branch: str | None = None
    license: _Licence | None = None
    subscribers_count: Count = 0
    open_issues_count: Count = 0
    created_at: datetime | None = None


class ToldRelease(msgspec.Struct, frozen=True):
    """What we need of GitHub's own form."""

    tag_name: str
    html_url: WebAddress
    name: str | None = None
    published_at: datetime | None = None
    author: Person | None = None


class ListedContributor(msgspec.Struct, frozen=True):
    """What we need of GitHub's own form."""

    login: str
    contributions: Count
    html_url: WebAddress
    avatar_url: WebAddress


class Repository(msgspec.Struct, frozen=True):
    """What a repository tells of itself."""

    full_name: str
    description: str | None
    html_url: str
    # As its people wrote it: no address that one may rely on.
    homepage: str | None
    private: bool
    archived: bool
    fork: bool
    stars: int
    forks: int
    watchers: int
    language: str | None
    topics: tuple[str, ...]
    license: str | None
    default_branch: str | None
    created_at: str | None
    pushed_at: str | None


class Release(msgspec.Struct, frozen=True):
    """The latest that is neither a draft nor a prerelease."""

    name: str
    tag: str
    html_url: str
    published_at: str | None
    author: str | None


class Contributor(msgspec.Struct, frozen=True):
    """Somebody with commits in the default branch."""

    username: str
    contributions: int
    html_url: str
    avatar_url: str


class RepositoryOverview(msgspec.Struct, frozen=True, kw_only=True):
    """A repository at a glance. What belongs to a part that failed is null, and `errors` names the part.

    The parts: `repository`, `issues`, `latest_release` (null without an error: there is none yet), `contributors` (at
    most 10). `open_issues` leaves pull requests out; where they could not be told apart, because more than 99 are open
    or that part failed, `open_pulls` is null and `open_issues` counts both. `newest_issues` are at most 5.
    """

    name: str
    repository: Repository | None
    open_issues: int | None
    open_pulls: int | None
    newest_issues: list[Issue] | None
    latest_release: Release | None
    contributors: list[Contributor] | None
    sources: dict[str, PartSource]
    quota: Quota
    errors: list[PartError]


async def look_into(owner: str, name: str, *, token: str = "") -> RepositoryOverview:
    """The repository as `token` sees it; without one as anybody does, even where the server's token sees more.

    Raises Invalid before any call, NotFound, and what the repository itself failed with when no part came.
    """
    path = _checked(owner, name)
    names = ("repository", "issues", "latest_release", "contributors")
    parts = Parts(*names, token=token or None, feature="repository")
    missing = False
    try:
        async with asyncio.TaskGroup() as group:
            whole = parts.start(group, "repository", functools.partial(_whole, path, token))
            listed = parts.find(group, "issues", issues.path_of(path), list[ListedIssue])
            release = parts.find(group, "latest_release", f"/repos/{path}/releases/latest", ToldRelease)
            people = parts.find(group, "contributors", _contributors(path), list[ListedContributor])
    except* NotFound:
        # The group has ended the other calls by now.
        missing = True
    if missing:
        raise NotFound(f"GitHub has no repository {owner}/{name}.")
    _refuse_unknown_privacy(parts, token)
    quota = granted(token or None)
    return _put_together(
        path, parts, quota, whole.result(), listed.result(), release.result(), people.result()
    )


def _checked(owner: str, name: str) -> str:
    check_login(owner)
    if not NAME.fullmatch(name):
        raise Invalid("A repository's name has letters, digits, dots, hyphens and underscores.", field="name")
    return f"{owner.lower()}/{name.lower()}"


async def _whole(path: str, token: str) -> Sourced[WholeRepository]:
    """The repository; a private one that only the server's own token sees is none."""
    found = await fetch(f"/repos/{path}", WholeRepository, token=token or None, feature="repository")
    if not may_be_shown(found.value, token):
        raise NotFound("GitHub does not know this.")
    return found


def _contributors(path: str) -> str:
    return f"/repos/{path}/contributors?per_page={MOST_CONTRIBUTORS}"


def _refuse_unknown_privacy(parts: Parts, token: str) -> None:
    """Of a repository that only the server's token may see, the other parts are as private as itself."""
    error = parts.why_without("repository")
    if error is not None and settings.GITHUB_TOKEN and not token:
        raise error


def _put_together(
    path: str,
    parts: Parts,
    quota: Quota,
    whole: WholeRepository | None,
    listed: Sequence[ListedIssue] | None,
    release: ToldRelease | None,
    people: Sequence[ListedContributor] | None,
) -> RepositoryOverview:
    both = whole.open_issues_count if whole else None
    # Without an answer and without an error: issues are turned off, or there is nobody yet.
    is_off = listed is None and parts.why_without("issues") is None
    opened = OpenIssues(0, both, []) if is_off else issues.counted(listed, both)
    if people is None and parts.why_without("contributors") is None:
        people = []
    return RepositoryOverview(
        name=(whole and whole.full_name) or path,
        repository=_repository(whole) if whole else None,
        open_issues=opened.issues,
        open_pulls=opened.pulls,
        newest_issues=opened.newest,
        latest_release=_release(release) if release else None,
        contributors=None if people is None else [_contributor(each) for each in people],
        sources=parts.sources,
        quota=quota,
        errors=parts.errors,
    )


def _repository(whole: WholeRepository) -> Repository:
    return Repository(
        full_name=whole.full_name,
        description=whole.description,
        html_url=whole.html_url,
        homepage=whole.homepage or None,
        private=not whole.public,
        archived=whole.archived,
        fork=whole.fork,
        stars=whole.stargazers_count,
        forks=whole.forks_count,
        watchers=whole.subscribers_count,
        language=whole.language,
        topics=whole.topics,
        license=whole.license.name if whole.license else None,
        default_branch=whole.default_branch,
        created_at=told_at(whole.created_at),
        pushed_at=told_at(whole.pushed_at),
    )


def _release(told: ToldRelease) -> Release:
    return Release(
        name=told.name or told.tag_name,
        tag=told.tag_name,
        html_url=told.html_url,
        published_at=told_at(told.published_at),
        author=told.author.login if told.author else None,
    )


def _contributor(listed: ListedContributor) -> Contributor:
    return Contributor(listed.login, listed.contributions, listed.html_url, listed.avatar_url)
