"""What a webhook tells, in the form in which cards and subscriptions hear of it."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

import msgspec

from chat.errors import Invalid
from chat.github.addresses import Address
from chat.github.hooks import payloads, wording
from chat.github.hooks.payloads import Delivered, Linked, Repository, Subject

Topic = Literal["pulls", "issues", "reviews", "pushes", "releases"]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one repository.

    `subject` is the card it belongs to: the pull request or issue under whose thread it is told, or the release.
    `cards` are all that it moves. `topic` is None, and `text` empty, for what only moves cards.
    """

    kind: str
    action: str
    owner: str
    name: str
    private: bool
    subject: Address | None = None
    cards: tuple[Address, ...] = ()
    topic: Topic | None = None
    number: int | None = None
    title: str = ""
    actor: str = ""
    is_bot: bool = False
    labels: tuple[str, ...] = ()
    # The one that commits go to, without "refs/heads/"; empty where there is none.
    branch: str = ""
    url: str = ""
    # `owner/name` as it was, where this is what happened: renamed, or handed over.
    former_name: str = ""
    # One line of Markdown.
    text: str = ""


Read = Callable[[str, Any], Happening]


class Reading(NamedTuple):
    """The form of a kind of event, and what is made of it."""

    form: type[Delivered]
    read: Read


def happening_of(kind: str, body: bytes) -> Happening | None:
    """What the body of an event of this kind tells; None for kinds that neither move a card nor are told.

    Raises Invalid for a body that has not the form of its kind.
    """
    reading = READINGS.get(kind)
    if reading is None:
        return None
    try:
        said = msgspec.json.decode(body, type=reading.form)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Invalid(f"This is no {kind} event as GitHub sends them: {error}") from None
    return reading.read(kind, said)


def _pull(kind: str, said: payloads.OfPull) -> Happening:
    text = wording.of_pull(said)
    return _of_subject(kind, said, said.pull_request, "pull", "pulls", text)


def _review(kind: str, said: payloads.OfPull) -> Happening:
    text, url = "", said.pull_request.html_url
    if said.review is not None:
        text, url = wording.of_review(said), said.review.html_url
    elif said.comment is not None:
        text, url = wording.of_review_comment(said), said.comment.html_url
    return _of_subject(kind, said, said.pull_request, "pull", "reviews", text, url)


def _issue(kind: str, said: payloads.OfIssue) -> Happening:
    text, url = wording.of_issue(said), said.issue.html_url
    if said.comment is not None:
        text, url = wording.of_issue_comment(said), said.comment.html_url
    if said.issue.pull_request is not None:
        return _of_subject(kind, said, said.issue, "pull", "pulls", text, url)
    return _of_subject(kind, said, said.issue, "issue", "issues", text, url)


def _of_subject(
    kind: str,
    said: Delivered,
    subject: Subject,
    card: Literal["pull", "issue"],
    topic: Topic,
    text: str,
    url: str = "",
) -> Happening:
    address = _address(said.repository, card, str(subject.number))
    # The repository's card counts what is open.
    counted = kind in ("pull_request", "issues") and said.action in (
        "opened",
        "closed",
        "reopened",
        "deleted",
    )
    return _happening(
        kind,
        said,
        subject=address,
        cards=(address, _address(said.repository)) if counted else (address,),
        topic=topic if text else None,
        number=subject.number,
        title=wording.shortened(subject.title),
        labels=tuple(label.name for label in subject.labels or ()),
        branch=subject.base.ref if subject.base else "",
        url=url or subject.html_url,
        text=text,
    )


def _push(kind: str, said: payloads.Push) -> Happening:
    text = wording.of_push(said)
    is_branch = said.ref.startswith("refs/heads/")
    return _happening(
        kind,
        said,
        cards=(_address(said.repository),),
        topic="pushes" if text else None,
        title=wording.subject_of(said),
        branch=wording.branch_of(said.ref) if is_branch else "",
        url=said.compare,
        text=text,
    )


def _ref(kind: str, said: payloads.OfRef) -> Happening:
    return _happening(
        kind,
        said,
        topic="pushes",
        branch=said.ref if said.ref_type == "branch" else "",
        url=said.repository.html_url,
        text=wording.of_ref(said, kind),
    )


def _release(kind: str, said: payloads.OfRelease) -> Happening:
    text = wording.of_release(said)
    address = _address(said.repository, "release", said.release.tag_name)
    return _happening(
        kind,
        said,
        subject=address,
        cards=(address, _address(said.repository)),
        topic="releases" if text else None,
        title=wording.shortened(said.release.name or said.release.tag_name),
        url=said.release.html_url,
        text=text,
    )


def _workflow(kind: str, said: payloads.OfWorkflow) -> Happening:
    return _checked(kind, said, said.workflow_run)


def _suite(kind: str, said: payloads.OfSuite) -> Happening:
    return _checked(kind, said, said.check_suite)


def _check(kind: str, said: payloads.OfCheck) -> Happening:
    return _checked(kind, said, said.check_run)


def _checked(kind: str, said: Delivered, run: payloads.Run) -> Happening:
    cards = _of_commit(said.repository, run.head_sha, run.pull_requests or ())
    return _happening(kind, said, cards=cards, branch=run.head_branch or "", url=run.html_url or "")


def _status(kind: str, said: payloads.OfStatus) -> Happening:
    return _happening(kind, said, cards=_of_commit(said.repository, said.sha))


def _commit(kind: str, said: payloads.OfCommit) -> Happening:
    cards = _of_commit(said.repository, said.comment.commit_id)
    return _happening(kind, said, cards=cards, url=said.comment.html_url)


def _repository(kind: str, said: Delivered) -> Happening:
    """What a repository's card shows moved: stars, forks, its name, whether it is private."""
    former = said.former_name if isinstance(said, payloads.OfRepository) else ""
    return _happening(
        kind, said, cards=(_address(said.repository),), url=said.repository.html_url, former_name=former
    )


def _of_commit(repository: Repository, sha: str, pulls: Iterable[Linked] = ()) -> tuple[Address, ...]:
    commits = (_address(repository, "commit", sha),) if sha else ()
    return (*commits, *(_address(repository, "pull", str(pull.number)) for pull in pulls))


def _happening(kind: str, said: Delivered, **more: Any) -> Happening:
    return Happening(
        kind=kind,
        action=said.action,
        owner=said.repository.owner_name,
        name=said.repository.own_name,
        private=said.repository.private,
        actor=said.sender.login,
        is_bot=said.sender.is_bot,
        **more,
    )


def _address(repository: Repository, kind: Any = "repository", ref: str = "") -> Address:
    return Address(kind, repository.owner_name, repository.own_name, ref)


READINGS = {
    "pull_request": Reading(payloads.OfPull, _pull),
    "pull_request_review": Reading(payloads.OfPull, _review),
    "pull_request_review_comment": Reading(payloads.OfPull, _review),
    "pull_request_review_thread": Reading(payloads.OfPull, _review),
    "issues": Reading(payloads.OfIssue, _issue),
    "issue_comment": Reading(payloads.OfIssue, _issue),
    "push": Reading(payloads.Push, _push),
    "create": Reading(payloads.OfRef, _ref),
    "delete": Reading(payloads.OfRef, _ref),
    "release": Reading(payloads.OfRelease, _release),
    "workflow_run": Reading(payloads.OfWorkflow, _workflow),
    "check_suite": Reading(payloads.OfSuite, _suite),
    "check_run": Reading(payloads.OfCheck, _check),
    "status": Reading(payloads.OfStatus, _status),
    "commit_comment": Reading(payloads.OfCommit, _commit),
    "star": Reading(Delivered, _repository),
    "fork": Reading(Delivered, _repository),
    "repository": Reading(payloads.OfRepository, _repository),
    "public": Reading(Delivered, _repository),
}
