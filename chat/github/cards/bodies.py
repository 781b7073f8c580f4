"""What a card shows of GitHub's answers: titles, states, figures and excerpts, cut to size. It asks nobody."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from chat.errors import NotFound
from chat.github.addresses import Address
from chat.github.cards.forms import (
    Account,
    CheckRuns,
    Commit,
    File,
    Issue,
    Label,
    Profile,
    Pull,
    Release,
    Repository,
    Review,
)
from chat.protocol.objects import CardFact, CardLabel

# GitHub's own bound for titles.
TITLE_CHARS = 256
# A short paragraph: what it is about, not all of it.
EXCERPT_CHARS = 280
# What of a long text is looked at for its excerpt.
READ_CHARS = 4_000
# A screen's worth of code beside a conversation.
CODE_LINES, CODE_CHARS = 20, 1_600
LABELS_MOST, LABEL_CHARS, FACT_CHARS = 8, 50, 60
SHORT_SHA_CHARS = 7

# Holds the parts of an emoji together.
JOINER = "\u200d"
_comment = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_color = re.compile(r"[0-9a-fA-F]{6}")
_GOOD, _NEITHER = {"success"}, {"neutral", "skipped"}


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of CardObject that GitHub says."""

    kind: str
    name: str
    title: str
    state: str | None = None
    author: str | None = None
    image: str | None = None
    labels: list[CardLabel] = []
    facts: list[CardFact] = []
    excerpt: str = ""


def of_user(profile: Profile) -> Body:
    facts = [("followers", f"{profile.followers:,}"), ("repositories", f"{profile.public_repos:,}")]
    facts += [("company", profile.company or ""), ("location", profile.location or "")]
    return Body(
        kind="user",
        name=profile.login,
        title=_line(profile.name or profile.login),
        image=_image(profile),
        facts=_facts(facts),
        excerpt=_excerpt(profile.bio),
    )


def of_repository(found: Repository) -> Body:
    facts = [("stars", f"{found.stargazers_count:,}"), ("forks", f"{found.forks_count:,}")]
    facts += [("open issues", f"{found.open_issues_count:,}"), ("language", found.language or "")]
    return Body(
        kind="repository",
        name=found.full_name,
        title=found.full_name,
        state="archived" if found.archived else None,
        author=found.owner.login,
        image=_image(found.owner),
        facts=_facts(facts),
        excerpt=_excerpt(found.description),
    )


def of_issue(address: Address, issue: Issue) -> Body:
    reason = issue.state_reason or ""
    facts = [("reason", "not planned" if reason == "not_planned" else "")]
    return _of_numbered(address, "issue", issue, issue.state, [*facts, ("comments", _count(issue.comments))])


def of_pull(address: Address, pull: Pull, reviews: Sequence[Review], checks: CheckRuns | None) -> Body:
    state = "merged" if pull.merged else "draft" if pull.draft and pull.state == "open" else pull.state
    facts = [
        ("review", _verdict(pull, reviews) if state in ("open", "draft") else ""),
        ("checks", _checked(checks) if checks else ""),
        ("changes", f"+{pull.additions:,} −{pull.deletions:,}"),
        ("files", f"{pull.changed_files:,}"),
        ("into", pull.base.ref),
        ("comments", _count(pull.comments)),
    ]
    return _of_numbered(address, "pull", pull, state, facts)


def of_commit(address: Address, found: Commit) -> Body:
    title, _, rest = found.commit.message.partition("\n")
    signed = found.commit.author
    return Body(
        kind="commit",
        name=f"{address.repository}@{found.sha[:SHORT_SHA_CHARS]}",
        title=_line(title),
        author=found.author.login if found.author else _line(signed.name if signed else "") or None,
        image=_image(found.author),
        facts=_facts(
            [
                ("changes", f"+{found.stats.additions:,} −{found.stats.deletions:,}"),
                ("date", (signed.date if signed else "")[:10]),
            ]
        ),
        excerpt=_excerpt(rest),
    )


def of_release(address: Address, found: Release) -> Body:
    return Body(
        kind="release",
        name=f"{address.repository} {found.tag_name}",
        title=_line(found.name or found.tag_name),
        state="prerelease" if found.prerelease else None,
        author=found.author.login if found.author else None,
        image=_image(found.author),
        facts=_facts([("tag", found.tag_name), ("published", (found.published_at or "")[:10])]),
        excerpt=_excerpt(found.body),
    )


def of_code(address: Address, ref: str, file: File) -> Body:
    """Raises NotFound where there are no such lines, as in a picture or after the file has become shorter."""
    first, _, last = address.ref.rpartition("#")[2].replace("L", "").partition("-")
    start, end = sorted((int(first), int(last or first)))
    lines = _text_of(file).splitlines()[start - 1 : end]
    if not lines:
        raise NotFound("GitHub has no such lines.")
    shown = _beginning(lines)
    asked, seen = _span(start, len(lines)), _span(start, len(shown))
    return Body(
        kind="code",
        name=address.repository,
        title=_line(file.path),
        facts=_facts([("lines", seen if seen == asked else f"{seen} of {asked}"), ("at", ref)]),
        excerpt="\n".join(shown)[:CODE_CHARS],
    )


def _beginning(lines: Sequence[str]) -> list[str]:
    """As many whole lines as a card has room for, and the first one however long it is."""
    shown = [_clean(line, "\t") for line in lines[:CODE_LINES]]
    while len(shown) > 1 and len("\n".join(shown)) > CODE_CHARS:
        del shown[-1]
    return shown


def _span(start: int, count: int) -> str:
    return f"{start}–{start + count - 1}" if count > 1 else f"{start}"


def _of_numbered(
    address: Address, kind: str, found: Issue, state: str, facts: Iterable[tuple[str, str]]
) -> Body:
    return Body(
        kind=kind,
        name=f"{address.repository}#{found.number}",
        title=_line(found.title),
        state=state,
        author=found.user.login if found.user else None,
        image=_image(found.user),
        labels=_labels(found.labels),
        facts=_facts(facts),
        excerpt=_excerpt(found.body),
    )


def _verdict(pull: Pull, reviews: Sequence[Review]) -> str:
    """As GitHub sums them up: the last word of each reviewer counts, and a comment is none."""
    last = {
        review.user.login if review.user else "": review.state
        for review in reviews
        if review.state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
    }
    count = Counter(last.values())
    if count["CHANGES_REQUESTED"]:
        return "changes requested"
    if count["APPROVED"]:
        return "approved" if count["APPROVED"] == 1 else f"approved by {count['APPROVED']}"
    waiting = len(pull.requested_reviewers) + len(pull.requested_teams)
    return "requested" if waiting else "commented" if reviews else ""


def _checked(checks: CheckRuns) -> str:
    results = [run.conclusion or "" for run in checks.check_runs if run.status == "completed"]
    passed = sum(result in _GOOD for result in results)
    failed = sum(result not in _GOOD | _NEITHER for result in results)
    pending = len(checks.check_runs) - len(results)
    parts = [
        f"{count} {word}"
        for count, word in ((failed, "failed"), (pending, "pending"), (passed, "passed"))
        if count
    ]
    return ", ".join(parts)


def _text_of(file: File) -> str:
    if file.encoding != "base64":
        return ""
    try:
        return base64.b64decode(file.content).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _labels(labels: Iterable[Label]) -> list[CardLabel]:
    shown = [
        CardLabel(_line(label.name)[:LABEL_CHARS], label.color if _color.fullmatch(label.color or "") else "")  # type: ignore[arg-type]
        for label in labels
    ]
    return shown[:LABELS_MOST]


def _facts(facts: Iterable[tuple[str, str]]) -> list[CardFact]:
    return [CardFact(name, _line(value)[:FACT_CHARS]) for name, value in facts if value]


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _image(account: Account | None) -> str | None:
    return account.avatar_url if account and account.avatar_url.startswith("https://") else None


def _line(text: str) -> str:
    return " ".join(_clean(text[:READ_CHARS], "\n\t").split())[:TITLE_CHARS]


def _excerpt(text: str | None) -> str:
    """The beginning, as one paragraph of plain text; templates hide their hints in comments."""
    whole = " ".join(_clean(_comment.sub(" ", (text or "")[:READ_CHARS]), "\n\t").split())
    return whole if len(whole) <= EXCERPT_CHARS else f"{whole[: EXCERPT_CHARS - 1]}…"


def _clean(text: str, kept: str) -> str:
    """Without what no database keeps and nobody sees, or what turns the reading direction round."""
    spaced = "".join(" " if each.isspace() and each not in kept else each for each in text)
    return "".join(each for each in spaced if each.isprintable() or each in kept or each == JOINER)
