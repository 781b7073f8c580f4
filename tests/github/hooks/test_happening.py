"""Happenings: what each kind of webhook tells, which cards it moves, and what stands in its line."""

from typing import Any

import msgspec
import pytest
from pytest_django import Settings

from chat.errors import Invalid
from chat.github.addresses import find
from chat.github.hooks.happening import READINGS, Happening, happening_of
from chat.markdown import render
from tests.fakes.github.webhooks import Example, example_of, examples

REPOSITORY = "Codertocat/Hello-World"


def told(example: Example) -> Happening:
    happening = happening_of(example.kind, example.body)
    assert happening is not None
    return happening


def changed(example: Example, **values: Any) -> Happening:
    """What the event tells with other values in the object that it is named after."""
    subject = {"pull_request": "pull_request", "issues": "issue", "release": "release"}[example.kind]
    example.payload[subject].update(values)
    return told(example)


def test_every_recorded_event_passes_and_those_we_know_tell_something() -> None:
    recorded = examples()
    assert len({example.kind for example in recorded}) >= 58
    for example in recorded:
        happening = happening_of(example.kind, example.body)
        assert (happening is not None) == (example.kind in READINGS), str(example)
    assert set(READINGS) <= {example.kind for example in recorded}


def test_what_is_told_and_by_whom_and_where() -> None:
    happening = told(example_of("pull_request", "opened"))
    assert (happening.kind, happening.action, happening.topic) == ("pull_request", "opened", "pulls")
    assert (happening.owner, happening.name, happening.number) == ("Codertocat", "Hello-World", 2)
    assert (happening.actor, happening.is_bot, happening.private) == ("Codertocat", False, False)
    assert (happening.title, happening.branch) == ("Update the README with new information.", "master")
    assert happening.url == f"https://github.com/{REPOSITORY}/pull/2"
    assert happening.subject is not None
    assert happening.subject.key == "github/pull/codertocat/hello-world/2"


@pytest.mark.parametrize(
    ("kind", "action", "line"),
    [
        ("pull_request", "opened", "opened pull request"),
        ("pull_request", "closed", "closed pull request"),
        ("pull_request", "converted_to_draft", "turned into a draft:"),
        ("pull_request", "ready_for_review", "marked as ready for review:"),
        ("pull_request", "review_requested", "asked octocat to review"),
        ("pull_request_review", "submitted", "reviewed"),
        ("pull_request_review", "dismissed", "dismissed a review of"),
        ("pull_request_review_comment", "created", "commented on `README.md` in"),
        ("issues", "opened", "opened issue"),
        ("issues", "reopened", "reopened issue"),
        ("issue_comment", "created", "commented on"),
        ("create", "", "made tag `simple-tag` in"),
        ("delete", "", "deleted tag `simple-tag` in"),
        ("release", "published", "published a release of"),
    ],
)
def test_a_line_says_who_did_what(kind: str, action: str, line: str) -> None:
    text = told(example_of(kind, action)).text
    assert text.startswith(f"**Codertocat** {line} [Codertocat/Hello-World")
    assert "\n" not in text


def test_a_merged_pull_request_is_told_as_merged() -> None:
    assert " merged pull request " in changed(example_of("pull_request", "closed"), merged=True).text


def test_an_issue_closed_as_not_planned_says_so() -> None:
    example = example_of("issues", "reopened")
    example.payload["action"] = "closed"
    assert " closed issue as not planned: " in changed(example, state_reason="not_planned").text


def test_a_push_names_its_branch_and_its_latest_commit() -> None:
    pushes = [told(example) for example in examples() if example.kind == "push"]
    [branch] = {happening.branch for happening in pushes if happening.topic}
    told_of = next(happening for happening in pushes if happening.topic)
    assert f"to `{branch}` of [" in told_of.text
    assert told_of.topic == "pushes"
    assert told_of.title


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("pull_request", "labeled"),
        ("pull_request", "synchronize"),
        ("issues", "milestoned"),
        ("issue_comment", "deleted"),
        ("check_run", "completed"),
        ("status", ""),
        ("star", "created"),
        ("release", "edited"),
    ],
)
def test_what_only_moves_cards_is_not_told(kind: str, action: str) -> None:
    happening = told(example_of(kind, action))
    assert (happening.text, happening.topic) == ("", None)
    assert happening.cards


def test_checks_move_the_cards_of_their_commit_and_of_its_pull_requests() -> None:
    for kind in ("check_run", "check_suite"):
        cards = {address.key for address in told(example_of(kind, "completed")).cards}
        assert cards == {
            "github/commit/codertocat/hello-world/ec26c3e57ca3a959ca5aad62de7213c562f8c821",
            "github/pull/codertocat/hello-world/2",
        }


def test_a_comment_on_a_pull_request_belongs_to_the_pull_request() -> None:
    example = example_of("issue_comment", "created")
    assert told(example).topic == "issues"
    example.payload["issue"]["pull_request"] = {"url": "https://api.github.com/repos/a/b/pulls/1"}
    assert told(example).topic == "pulls"
    subject = told(example).subject
    assert subject is not None
    assert subject.kind == "pull"


def test_the_labels_are_named_and_a_bot_is_known_as_one() -> None:
    happening = told(example_of("pull_request", "labeled"))
    assert happening.labels == ("bug",)
    bot = example_of("check_suite", "rerequested")
    assert told(bot).is_bot


@pytest.mark.parametrize(
    "title",
    [
        "@alice @room look",
        "](https://evil.example) [",
        "`code` **bold** ~~gone~~ <b>",
        "https://evil.example/",
        "\\",
        "a\nb\0c",
        "#7 and other/repository#8",
    ],
)
def test_nothing_in_a_title_is_active(title: str, settings: Settings) -> None:
    settings.GITHUB_API_URL = "https://api.github.com"  # whose site the payloads name
    text = changed(example_of("pull_request", "opened"), title=title).text
    shown = render(text)
    assert shown.names == frozenset()
    assert shown.html.count("<a ") == 1
    assert "evil.example" not in shown.html.partition("href=")[2].partition(">")[0]
    assert [tag for tag in ("<code", "<s>", "<b>") if tag in shown.html] == []
    assert [address.ref for address in find(text, "some/default")] == ["2"]


def test_a_branch_may_have_any_name() -> None:
    example = example_of("create")
    example.payload["ref"] = "`@room` **x** <b> [y](https://evil.example)"
    shown = render(told(example).text)
    assert (shown.names, shown.html.count("<a ")) == (frozenset(), 1)


def test_a_long_title_is_cut() -> None:
    happening = changed(example_of("issues", "opened"), title="x" * 5_000)
    assert len(happening.title) <= 120
    assert happening.title.endswith("…")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"repository": {}}'])
def test_a_body_of_another_form_is_a_typed_error(body: bytes) -> None:
    with pytest.raises(Invalid, match="no issues event"):
        happening_of("issues", body)


def test_a_kind_that_nobody_knows_is_passed_over_whatever_it_says() -> None:
    assert happening_of("of_tomorrow", b"anything") is None


def test_a_happening_cannot_be_changed() -> None:
    happening = told(example_of("star", "created"))
    with pytest.raises(AttributeError):
        happening.text = "other"  # type: ignore[misc]
    assert msgspec.structs.replace(happening, text="other").text == "other"
