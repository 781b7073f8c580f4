"""Where the quota goes, for people: what GitHub still grants, and what each feature spent and saved in a day."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
from django.conf import settings
from django.utils import timezone

from chat.github.budget import ledger
from chat.github.upstream import quota, spending
from chat.github.upstream.governor import governor_of
from chat.github.upstream.identity import Identity, identity
from chat.github.upstream.quota import Quota
from chat.payloads import timestamp

WINDOW_HOURS = 24


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """`calls` were sent to GitHub, `saved_by_304` of them for nothing where there is a token; the rest cost no call."""

    calls: int = 0
    saved_by_304: int = 0
    saved_by_cache: int = 0
    saved_by_sharing: int = 0
    stale: int = 0
    limited: int = 0


class FeatureSpent(Spent, frozen=True, kw_only=True):
    """The same for one feature."""

    feature: str


class QuotaReport(Spent, frozen=True, kw_only=True):
    """Calls an hour, how many are left and when they start anew; null is what no answer has told yet.

    The counts are those of the last 24 hours, `since` the full hour. `cool_down` is the seconds for which GitHub is
    not asked at all, `own` the quota of your own linked account.
    """

    limit: int | None
    remaining: int | None
    reset: str | None
    cool_down: int | None
    since: str
    features: list[FeatureSpent]
    own: Quota | None


def report(own_token: str = "") -> QuotaReport:
    """As this process knows it, with what all others have saved. Plain and synchronous."""
    who = identity(settings.GITHUB_TOKEN)
    since = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=WINDOW_HOURS - 1)
    by_feature = _by_feature(ledger.spent_since(since) + spending.unsaved())
    total: Counter[str] = sum(by_feature.values(), Counter())
    granted, cool_down = _granted(who)
    return QuotaReport(
        limit=granted.limit,
        remaining=granted.remaining,
        reset=granted.reset,
        cool_down=cool_down,
        since=timestamp(since),
        features=[FeatureSpent(feature=name, **counts) for name, counts in sorted(by_feature.items())],
        own=quota.known(identity(own_token)) if own_token else None,
        **total,
    )


def _by_feature(counts: spending.Counts) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for (spender, name), number in counts.items():
        found.setdefault(spender.feature, Counter())[name] += number
    return found


def _granted(who: Identity) -> tuple[Quota, int | None]:
    """What this process heard last; where it has not asked yet, what another one did."""
    here, rest = quota.known(who), governor_of(who).rests_for
    elsewhere = ledger.allowance_of(who)
    now = datetime.now(UTC)
    if elsewhere is not None and elsewhere.rests_until is not None:
        rest = max(rest, (elsewhere.rests_until - now).total_seconds())
    if here.limit is None and elsewhere is not None and elsewhere.reset is not None and elsewhere.reset > now:
        here = Quota(elsewhere.limit, elsewhere.remaining, timestamp(elsewhere.reset))
    return here, math.ceil(rest) if rest > 0 else None
