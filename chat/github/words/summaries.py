"""GitHub's answers as a few lines of Markdown, in which nothing that somebody wrote there is active."""

from collections.abc import Sequence
from typing import Any

from chat.errors import ChatError
from chat.github.quoting import linked, quoted
from chat.github.resources import Sourced
from chat.github.words.forms import Issue, Profile, Repository

# A biography or description: what fits two or three lines.
PROSE_CHARS = 280


def of_profile(found: Sourced[Profile]) -> str:
    person = found.value
    name = f" · {quoted(person.name)}" if person.name else ""
    counts = [counted(person.followers, "follower"), counted(person.public_repos, "public repository")]
    facts = [*counts, *(quoted(fact) for fact in (person.company, person.location) if fact)]
    head = f"**{linked(person.login, person.html_url)}**{name}"
    return _lines(head, quoted(person.bio or "", PROSE_CHARS), " · ".join(facts), _age(found))


def of_repository(found: Sourced[Repository]) -> str:
    repository = found.value
    marks = [mark for mark in ("private", "archived") if getattr(repository, mark)]
    facts = [
        counted(repository.stargazers_count, "star"),
        counted(repository.forks_count, "fork"),
        f"{repository.open_issues_count:,} open issues and pull requests",
        *([quoted(repository.language)] if repository.language else []),
    ]
    head = f"**{linked(repository.full_name, repository.html_url)}**{''.join(f' · {mark}' for mark in marks)}"
    return _lines(head, quoted(repository.description or "", PROSE_CHARS), " · ".join(facts), _age(found))


def of_issue(repository: str, found: Sourced[Issue]) -> str:
    issue = found.value
    what = "pull request" if issue.pull_request is not None else "issue"
    facts = [
        f"{issue.standing} {what}",
        *([f"by {quoted(issue.user.login)}"] if issue.user else []),
        counted(issue.comments, "comment"),
        *([f"labels {', '.join(map(quoted, issue.label_names))}"] if issue.label_names else []),
    ]
    head = f"**{linked(f'{repository}#{issue.number} {issue.title}', issue.html_url)}**"
    return _lines(head, " · ".join(facts), _age(found))


def of_profiles(names: Sequence[str], found: Sequence[Sourced[Profile] | ChatError]) -> str:
    """A table, a line each; one that failed says why."""
    rows = [["", "name", "followers", "public repositories"]]
    for name, one in zip(names, found, strict=True):
        if isinstance(one, ChatError):
            rows.append([quoted(name), quoted(one.detail), "", ""])
        else:
            person = one.value
            counts = [f"{person.followers:,}", f"{person.public_repos:,}"]
            rows.append([linked(person.login, person.html_url), quoted(person.name or ""), *counts])
    return _table(rows)


def of_repositories(names: Sequence[str], found: Sequence[Sourced[Repository] | ChatError]) -> str:
    """The same of repositories."""
    rows = [["", "language", "stars", "forks", "open issues"]]
    for name, one in zip(names, found, strict=True):
        if isinstance(one, ChatError):
            rows.append([quoted(name), quoted(one.detail), "", "", ""])
        else:
            seen = one.value
            counts = [
                f"{count:,}" for count in (seen.stargazers_count, seen.forks_count, seen.open_issues_count)
            ]
            rows.append([linked(seen.full_name, seen.html_url), quoted(seen.language or ""), *counts])
    return _table(rows)


def counted(count: int, noun: str) -> str:
    """`1 star`, `2,000 stars`, `2 repositories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _table(rows: list[list[str]]) -> str:
    """Figures stand at the right."""
    head, *body = rows
    marks = ["---", "---", *["---:"] * (len(head) - 2)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, marks, *body))


def _age(found: Sourced[Any]) -> str:
    if found.source != "stale":
        return ""
    return (
        f"*GitHub does not answer now: this is what it said {counted(round(found.age / 60), 'minute')} ago.*"
    )
