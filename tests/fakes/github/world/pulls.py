"""The states of a pull request, and what of it each of them alters."""

from typing import Any

from tests.fakes.github.world.clock import later
from tests.fakes.github.world.people import simple

# In the order in which most pull requests come through them.
PULL_STATES = ("draft", "open", "review", "changes_requested", "approved", "merged", "closed")
SHARED_WITH_ISSUE = ("title", "body", "user", "labels", "state", "closed_at", "comments", "updated_at")
_ACTIONS = {
    "draft": "converted_to_draft",
    "review": "review_requested",
    "merged": "closed",
    "closed": "closed",
}
_VERDICTS = {"changes_requested": "CHANGES_REQUESTED", "approved": "APPROVED"}


def moved(state: str, by: str) -> dict[str, Any]:
    """The fields that stand otherwise now."""
    if state not in PULL_STATES:
        raise ValueError(f"a pull request is one of {', '.join(PULL_STATES)}, not {state!r}")
    closed, merged = state in ("merged", "closed"), state == "merged"
    moment = later()
    return {
        "state": "closed" if closed else "open",
        "draft": state == "draft",
        "merged": merged,
        "merged_at": moment if merged else None,
        "merged_by": simple(by) if merged else None,
        "closed_at": moment if closed else None,
        "requested_reviewers": [simple(by)] if state == "review" else [],
        "updated_at": moment,
    }


def action_of(before: dict[str, Any], state: str) -> str:
    """What a webhook calls the step from there to here; empty where it speaks of a review instead, or of nothing."""
    if state == "open" and before["draft"]:
        return "ready_for_review"
    if state == "open" and before["state"] == "closed":
        return "reopened"
    return _ACTIONS.get(state, "")


def verdict_of(state: str) -> str | None:
    """The review by which it came there."""
    return _VERDICTS.get(state)
