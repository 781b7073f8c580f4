"""What /metrics shows of GitHub: calls, what was saved, cool-downs, and what is left, for this process."""

from collections.abc import Iterable

from django.conf import settings
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chat.github.upstream import governor, quota, spending
from chat.github.upstream.identity import identity

FAMILIES = {
    "calls": ("chat_github_calls", "Calls sent to GitHub."),
    "saved_by_304": ("chat_github_saved_by_304", "Of these, answered by GitHub with 304: as you know it."),
    "saved_by_cache": ("chat_github_saved_by_cache", "Asked here and answered from what was kept."),
    "saved_by_sharing": ("chat_github_saved_by_sharing", "Asked here while the same call was under way."),
    "stale": (
        "chat_github_stale",
        "Answered with what was known before, as GitHub failed or must not be asked.",
    ),
    "limited": ("chat_github_limited", "Asked here and refused, or answered stale, for a limit of GitHub."),
}


class GitHubSpending(Collector):
    """Read when asked for, from what is counted anyway."""

    def collect(self) -> Iterable[Metric]:
        """Labels are words of ours: whose quota, and for which feature."""
        totals = spending.totals()
        for name, (family, text) in FAMILIES.items():
            counter = CounterMetricFamily(family, text, labels=["whose", "feature"])
            for (spender, counted), number in sorted(totals.items()):
                if counted == name:
                    counter.add_metric(list(spender), number)
            yield counter
        resting = len(governor.resting())
        yield GaugeMetricFamily(
            "chat_github_cooling_down", "Credentials that make no call now.", value=resting
        )
        left = GaugeMetricFamily(
            "chat_github_remaining",
            "Calls that GitHub still grants this installation in this hour.",
            labels=[],
        )
        granted = quota.known(identity(settings.GITHUB_TOKEN)).remaining
        if granted is not None:
            left.add_metric([], granted)
        yield left
