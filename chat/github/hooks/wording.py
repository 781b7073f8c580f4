"""One line of Markdown for what happened on GitHub, in which nothing that somebody typed there is active.

What people typed stands inside a link or code, where `@name` calls nobody; in a link's words what Markdown knows is
escaped.
"""

import re

from chat.github.hooks.payloads import Account, Delivered, OfIssue, OfPull, OfRef, OfRelease, Push
from chat.github.quoting import linked, quoted, repository_link

# A title on GitHub has at most 256 characters; a line of the chat is read at a glance.
TITLE_CHARS = 120
# Longer names of branches and files are cut at their end.
NAME_CHARS = 100
# The longest name of a repository, a number and a title as long as it may be here.
LINK_CHARS = 300

_unprintable = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")

PULL_DEEDS = {
    "opened": "opened pull request",
    "reopened": "reopened pull request",
    "ready_for_review": "marked as ready for review:",
    "converted_to_draft": "turned into a draft:",
}
ISSUE_DEEDS = {
    "opened": "opened issue",
    "reopened": "reopened issue",
    "transferred": "transferred issue",
    "deleted": "deleted issue",
}
REVIEW_DEEDS = {"approved": "approved", "changes_requested": "asked for changes in", "commented": "reviewed"}


def of_pull(said: OfPull) -> str:
    """Empty for what only moves the card, such as labels and new commits."""
    deed = PULL_DEEDS.get(said.action, "")
    if said.action == "closed":
        deed = "merged pull request" if said.pull_request.merged else "closed pull request"
    if said.action == "review_requested":
        deed = f"asked {_reviewer(said)} to review"
    return _told(said, deed, said.pull_request.html_url, _of_subject(said, said.pull_request.title))


def of_review(said: OfPull) -> str:
    assert said.review is not None
    deed = REVIEW_DEEDS.get(said.review.state, "") if said.action == "submitted" else ""
    if said.action == "dismissed":
        deed = "dismissed a review of"
    return _told(said, deed, said.review.html_url, _of_subject(said, said.pull_request.title))


def of_review_comment(said: OfPull) -> str:
    assert said.comment is not None
    deed = "commented on"
    if said.comment.path:
        deed += f" {code(said.comment.path)} in"
    deed = deed if said.action == "created" else ""
    return _told(said, deed, said.comment.html_url, _of_subject(said, said.pull_request.title))


def of_issue(said: OfIssue) -> str:
    deed = ISSUE_DEEDS.get(said.action, "")
    if said.action == "closed":
        as_what = " as not planned:" if said.issue.state_reason == "not_planned" else ""
        deed = f"closed issue{as_what}"
    return _told(said, deed, said.issue.html_url, _of_subject(said, said.issue.title))


def of_issue_comment(said: OfIssue) -> str:
    assert said.comment is not None
    deed = "commented on" if said.action == "created" else ""
    return _told(said, deed, said.comment.html_url, _of_subject(said, said.issue.title))


def of_push(said: Push) -> str:
    """Empty for a branch or tag that came or went without commits: another event tells that."""
    if said.deleted or not said.commits:
        return ""
    count = f"{len(said.commits)} commits" if len(said.commits) > 1 else "a commit"
    how = "force-pushed" if said.forced else "pushed"
    deed = f"{how} {count} to {code(branch_of(said.ref))} of"
    return _told(said, deed, said.compare, f"{said.repository.full_name}: {subject_of(said)}")


def of_ref(said: OfRef, kind: str) -> str:
    deed = f"{'made' if kind == 'create' else 'deleted'} {_plain(said.ref_type)} {code(said.ref)} in"
    return _said(said, deed, repository_link(said.repository.full_name))


def of_release(said: OfRelease) -> str:
    release = said.release
    name = release.name or release.tag_name
    what = "a pre-release of" if release.prerelease else "a release of"
    deed = f"published {what}" if said.action == "published" else ""
    return _told(said, deed, release.html_url, f"{said.repository.full_name}: {name}")


def subject_of(said: Push) -> str:
    """The first line of the latest commit's message."""
    message = said.head_commit.message if said.head_commit else ""
    return shortened(message.partition("\n")[0])


def branch_of(ref: str) -> str:
    """The name that people use: `main` for `refs/heads/main`."""
    return ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def shortened(text: str, chars: int = TITLE_CHARS) -> str:
    """One line without what no database keeps, cut where it is too long."""
    line = _plain(text)
    return line if len(line) <= chars else f"{line[: chars - 1]}…"


def code(text: str) -> str:
    """As code, which nothing ends but a backtick."""
    return f"`{shortened(text, NAME_CHARS).replace('`', chr(39)) or ' '}`"


def _told(said: Delivered, deed: str, url: str, words: str) -> str:
    return _said(said, deed, linked(words, url, LINK_CHARS)) if deed else ""


def _said(said: Delivered, deed: str, link: str) -> str:
    return f"**{quoted(_who(said.sender))}** {deed} {link}"


def _of_subject(said: OfPull | OfIssue, title: str) -> str:
    number = said.pull_request.number if isinstance(said, OfPull) else said.issue.number
    return f"{said.repository.full_name}#{number} {shortened(title)}"


def _reviewer(said: OfPull) -> str:
    if said.requested_reviewer is not None:
        return quoted(_who(said.requested_reviewer))
    return quoted(said.requested_team.name) if said.requested_team else "somebody"


def _who(account: Account) -> str:
    return _plain(account.login) or "somebody"


def _plain(text: str) -> str:
    return _unprintable.sub(" ", text).strip()
