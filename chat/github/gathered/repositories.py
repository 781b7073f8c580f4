"""What one account's repositories come to, of those that may be shown: stars, forks, languages, the best known."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from chat.github.gathered.people import Count, WebAddress, told_at
from chat.github.visibility import Visible, shown_among

# The most that GitHub lists in one answer; more would be more calls, and few people have more.
MOST_LISTED = 100
# As many as one takes in at a glance.
MOST_TOP = 5
MOST_LANGUAGES = 8


class ListedRepository(Visible, frozen=True, kw_only=True):
    """What we need of GitHub's own form; old servers leave some of it out."""

    name: str
    html_url: WebAddress
    description: str | None = None
    fork: bool = False
    archived: bool = False
    language: str | None = None
    stargazers_count: Count = 0
    forks_count: Count = 0
    pushed_at: datetime | None = None


class Language(msgspec.Struct, frozen=True):
    """In how many of the repositories it is the main one; forks are others' work and do not count here."""

    name: str
    repositories: int


class TopRepository(msgspec.Struct, frozen=True):
    """One of those with the most stars."""

    name: str
    description: str | None
    language: str | None
    stars: int
    forks: int
    fork: bool
    archived: bool
    html_url: str
    pushed_at: str | None


class Counted(msgspec.Struct, frozen=True):
    """How many repositories the sums are made of; when not `complete`, these are the ones changed last."""

    counted: int
    complete: bool


class Summary(msgspec.Struct, frozen=True):
    """What they come to; an overview has the same fields."""

    stars: int
    forks: int
    languages: list[Language]
    top_repositories: list[TopRepository]
    repositories: Counted


def path_of(login: str) -> str:
    """Where GitHub lists the repositories of an account."""
    return f"/users/{login.lower()}/repos?per_page={MOST_LISTED}&sort=pushed"


def summed_up(listed: Sequence[ListedRepository], token: str | None) -> Summary:
    """What those come to that are shown to whoever asked; `token` is their own."""
    shown = shown_among(listed, token)
    best = sorted(shown, key=lambda each: (-each.stargazers_count, each.name.lower()))
    return Summary(
        stars=sum(each.stargazers_count for each in shown),
        forks=sum(each.forks_count for each in shown),
        languages=_languages(shown),
        top_repositories=[_top(each) for each in best[:MOST_TOP]],
        # What is not shown took a place in GitHub's answer all the same.
        repositories=Counted(counted=len(shown), complete=len(listed) < MOST_LISTED),
    )


def _languages(listed: Sequence[ListedRepository]) -> list[Language]:
    """The most used first; those used alike by name."""
    counts = Counter(each.language for each in listed if each.language and not each.fork)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].lower()))
    return [Language(name, count) for name, count in ordered[:MOST_LANGUAGES]]


def _top(each: ListedRepository) -> TopRepository:
    return TopRepository(
        name=each.name,
        description=each.description,
        language=each.language,
        stars=each.stargazers_count,
        forks=each.forks_count,
        fork=each.fork,
        archived=each.archived,
        html_url=each.html_url,
        pushed_at=told_at(each.pushed_at),
    )
