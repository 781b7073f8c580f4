"""Keys of effects: one for what several hooks deliver of one event, another for every other event."""

import copy
from typing import Any

import pytest

from chat.github.hooks.effect_key import effect_key
from tests.fakes.github.webhooks import Example, example_of, examples
from tests.fakes.github.webhooks.sending import ORGANISATION


def key_of(example: Example) -> str:
    return effect_key(example.kind, example.payload)


def changed(example: Example, path: str, value: Any) -> str:
    """The key of the same event but for one field."""
    payload = copy.deepcopy(example.payload)
    *parents, last = path.split(".")
    place = payload
    for parent in parents:
        place = place[parent]
    place[last] = value
    return effect_key(example.kind, payload)


def test_an_organisations_hook_and_a_repositorys_mean_one_effect() -> None:
    elsewhere = {"organization": ORGANISATION, "installation": {"id": 1}, "enterprise": {"id": 2}}
    for example in examples():
        if "repository" in example.payload:
            assert effect_key(example.kind, {**example.payload, **elsewhere}) == key_of(example), str(example)


def test_recorded_events_of_different_kinds_or_actions_have_different_keys() -> None:
    found: dict[str, set[tuple[str, str]]] = {}
    for example in examples():
        found.setdefault(key_of(example), set()).add((example.kind, example.action))
    assert [meant for meant in found.values() if len(meant) > 1] == []
    assert len(found) > 150


@pytest.mark.parametrize(
    ("kind", "action", "path", "value"),
    [
        ("pull_request", "opened", "repository.id", 1),
        ("pull_request", "opened", "pull_request.id", 1),
        ("pull_request", "opened", "pull_request.updated_at", "2030-01-01T00:00:00Z"),
        ("pull_request", "labeled", "label.id", 1),
        ("issues", "assigned", "assignee.id", 1),
        ("issues", "edited", "changes", {"title": {"from": "another"}}),
        ("issue_comment", "created", "comment.id", 1),
        ("issue_comment", "edited", "comment.updated_at", "2030-01-01T00:00:00Z"),
        ("pull_request_review", "submitted", "review.state", "approved"),
        ("check_run", "completed", "check_run.conclusion", "neutral"),
        ("workflow_run", "completed", "workflow_run.updated_at", "2030-01-01T00:00:00Z"),
        ("push", "", "after", "0" * 40),
        # The same two commits pushed again, after they were pushed away: a later push.
        ("push", "", "repository.pushed_at", 1),
        ("status", "", "state", "failure"),
        ("star", "created", "sender.id", 1),
        ("delete", "", "ref", "other"),
    ],
)
def test_another_event_has_another_key(kind: str, action: str, path: str, value: Any) -> None:
    example = example_of(kind, action)
    assert changed(example, path, value) != key_of(example)


@pytest.mark.parametrize(
    ("kind", "action", "path"),
    [
        # What else the payload holds is as it was when it was written, a moment earlier or later.
        ("issue_comment", "created", "issue.updated_at"),
        ("issue_comment", "created", "issue.comments"),
        ("pull_request", "opened", "repository.open_issues_count"),
        ("pull_request", "opened", "repository.updated_at"),
        ("check_run", "completed", "repository.pushed_at"),
    ],
)
def test_what_merely_stands_beside_it_does_not_count(kind: str, action: str, path: str) -> None:
    example = example_of(kind, action)
    assert changed(example, path, 7) == key_of(example)


@pytest.mark.parametrize("payload", [{}, {"action": None}, {"repository": 1, "issue": []}, {"a": {"b": {}}}])
def test_any_object_has_a_key(payload: dict[str, Any]) -> None:
    assert len(effect_key("issues", payload)) == 64
