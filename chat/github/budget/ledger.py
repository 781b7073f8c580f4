"""The rows about spending and allowances, which every process writes and reads. Plain synchronous functions."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from chat.github.models import Allowance, Spending
from chat.github.upstream.identity import Identity
from chat.github.upstream.quota import Quota
from chat.github.upstream.spending import Counts, Spender, Whose

# Long enough to compare with last month.
KEPT_DAYS = 60


class Rest(NamedTuple):
    """A credential that makes no call until then, in seconds since 1970."""

    credential: str
    whose: Whose
    until: float


def fingerprint(who: Identity) -> str:
    """Of a credential at one GitHub."""
    return hashlib.sha256("\0".join(who).encode()).hexdigest()


def save(counts: Counts, who: Identity, granted: Quota) -> None:
    """Add what was counted to this hour's rows, and note what GitHub grants to `who`, the installation's own."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        for spender, added in _by_spender(counts).items():
            keys: dict[str, Any] = {"hour": hour, "whose": spender.whose, "feature": spender.feature}
            row, _ = Spending.objects.get_or_create(**keys)
            more = {name: F(name) + number for name, number in added.items()}
            Spending.objects.filter(pk=row.pk).update(**more)
        if granted.limit is not None:
            heard = {"limit": granted.limit, "remaining": granted.remaining, "reset": granted.reset}
            Allowance.objects.update_or_create(
                credential=fingerprint(who), defaults={"whose": "server", **heard}
            )


def spent_since(moment: datetime) -> Counts:
    """What was saved here of the time since then, whole hours."""
    sums = {name: Sum(name) for name in Spending.COUNTS}
    rows = Spending.objects.filter(hour__gte=moment).values("whose", "feature").annotate(**sums)
    found: Counts = Counts()
    for row in rows:
        spender = Spender(row["whose"], row["feature"])
        found.update({(spender, name): row[name] for name in Spending.COUNTS})  # type: ignore[misc]
    return found


def allowance_of(who: Identity) -> Allowance | None:
    """What some process last heard of this credential."""
    return Allowance.objects.filter(credential=fingerprint(who)).first()


def tell_rests(rests: Iterable[Rest]) -> None:
    """Let the other processes know, and this installation after a restart; a longer one stays."""
    for credential, whose, until in rests:
        moment = datetime.fromtimestamp(until, UTC)
        row, made = Allowance.objects.get_or_create(
            credential=credential, defaults={"whose": whose, "rests_until": moment}
        )
        if not made and (row.rests_until is None or row.rests_until < moment):
            Allowance.objects.filter(pk=row.pk).update(rests_until=moment, heard_at=timezone.now())


def rests() -> dict[str, float]:
    """The credentials that make no call now, by fingerprint, and until when in seconds since 1970."""
    resting = Allowance.objects.filter(rests_until__gt=timezone.now()).values_list(
        "credential", "rests_until"
    )
    return {credential: until.timestamp() for credential, until in resting if until is not None}


def forget_old() -> None:
    """Delete what nobody compares any more, and people's credentials that rest no longer."""
    Spending.objects.filter(hour__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    Allowance.objects.filter(whose="own").exclude(rests_until__gt=timezone.now()).delete()


def _by_spender(counts: Counts) -> dict[Spender, dict[str, int]]:
    found: dict[Spender, dict[str, int]] = defaultdict(dict)
    for (spender, name), number in counts.items():
        found[spender][name] = number
    return found
