"""Which effect an event has: the same key for one event that several hooks deliver, another one for every other event.

An organisation's hook and a repository's hook send the same event under two delivery ids. What happened is told by
the event, the action, the place, the ids of all that is named, and the moment of the thing it is about.
"""

import hashlib
from typing import Any

import msgspec

Payload = dict[str, Any]

# Where the event was heard, which differs from hook to hook.
_CONTEXT = frozenset(("repository", "organization", "enterprise", "installation"))
# What an event is about stands under the event's own name, but for these.
_SUBJECTS = {
    "issues": "issue",
    "issue_comment": "comment",
    "commit_comment": "comment",
    "discussion_comment": "comment",
    "pull_request_review": "review",
    "pull_request_review_comment": "comment",
}
# The first of these that an object has tells it from others; what has none is taken as a whole.
_IDENTITIES = ("id", "node_id", "sha", "key", "name", "login")
# One thing in one second may still go through several of these.
_CONDITIONS = ("state", "status", "conclusion")
_MOMENTS = (
    *("updated_at", "submitted_at", "published_at", "completed_at", "started_at"),
    *("starred_at", "created_at", "pushed_at"),
)


def effect_key(event: str, payload: Payload) -> str:
    """64 hexadecimal digits."""
    place = payload.get("repository") or payload.get("organization")
    named = {name: _identity(value) for name, value in payload.items() if name not in _CONTEXT}
    identity = [event, _identity(place), named, _moment(event, payload)]
    return hashlib.sha256(msgspec.json.encode(identity, order="deterministic")).hexdigest()


def _identity(value: Any) -> Any:
    if isinstance(value, list):
        return [_identity(item) for item in value]
    if not isinstance(value, dict):
        return value
    known = next((name for name in _IDENTITIES if value.get(name) is not None), None)
    if known is None:
        return value
    return [value[known], *(value.get(name) for name in _CONDITIONS)]


def _moment(event: str, payload: Payload) -> Any:
    """When it happened, by what tells it best: not everything has a time of its own.

    The times of what is merely named may move between two hooks, so those of the subject come first.
    """
    subject = payload.get(_SUBJECTS.get(event, event))
    members = [value for name, value in payload.items() if name not in _CONTEXT and isinstance(value, dict)]
    for candidates in ([subject], [payload], members, [payload.get("repository")]):
        found = [_moments_of(candidate) for candidate in candidates]
        if any(any(moments) for moments in found):
            return found
    return None


def _moments_of(value: Any) -> list[Any]:
    return [value.get(name) for name in _MOMENTS] if isinstance(value, dict) else []
