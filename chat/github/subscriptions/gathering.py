"""Under which message of a room something is told: what was said first about the same thing, while it is there."""

import hashlib
from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from chat.github.hooks.happening import Happening
from chat.github.models import Gathering
from chat.github.models.subscription import KEY_CHARS

# Pushes to one branch gather for half a day: a thread for a day's work, and none that goes on for ever.
PUSHES_GATHER = timedelta(hours=12)


def key_of(happening: Happening) -> str:
    """One for each pull request, issue and release; pushes are gathered by their branch."""
    if happening.subject is not None:
        key = happening.subject.key
    else:
        key = f"github/{happening.topic}/{happening.owner}/{happening.name}/".lower() + happening.branch
    if len(key) <= KEY_CHARS:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return key[: KEY_CHARS - len(digest)] + digest


def roots(happening: Happening, rooms: Collection[int]) -> dict[int, int]:
    """By room, the message under which this belongs. A deleted one gathers nothing more."""
    found = Gathering.objects.filter(key=key_of(happening), room__in=rooms, root__deleted=False)
    if happening.subject is None:
        found = found.filter(root__at__gte=timezone.now() - PUSHES_GATHER)
    return dict(found.values_list("room_id", "root_id"))


def begin(happening: Happening, room_id: int, message_id: int) -> None:
    """From now on what belongs together is told under this message."""
    Gathering.objects.update_or_create(
        room_id=room_id, key=key_of(happening), defaults={"root_id": message_id}
    )
