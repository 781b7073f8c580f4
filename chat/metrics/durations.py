"""A histogram that takes the durations of a whole batch at once. It knows nothing of what is measured."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import inf

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector


class Durations(Collector):
    """Seconds, counted by the first of `bounds` that they do not pass, and by a word of ours where there is a `label`.

    The library's own histogram takes 3 µs for each observation, a thirtieth of what a text costs; this one a tenth
    of that, and its lock once for a batch.
    """

    def __init__(
        self, name: str, documentation: str, bounds: Sequence[float], label: str | None = None
    ) -> None:
        self._name, self._documentation = name, documentation
        self._bounds = (*bounds, inf)
        self._label = label
        self._lock = threading.Lock()
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(self._bounds))
        self._sums: defaultdict[str, float] = defaultdict(float)
        if label is None:
            # It is shown before anything was observed.
            self.observe([])

    def observe(self, seconds: Sequence[float], word: str = "") -> None:
        """Take them all, from any thread."""
        with self._lock:
            counts, bounds = self._counts[word], self._bounds
            for each in seconds:
                counts[bisect_left(bounds, each)] += 1
            self._sums[word] += sum(seconds)

    def collect(self) -> Iterable[HistogramMetricFamily]:
        family = HistogramMetricFamily(
            self._name, self._documentation, labels=[self._label] if self._label else []
        )
        names = ["+Inf" if bound == inf else str(float(bound)) for bound in self._bounds]
        with self._lock:
            for word, counts in self._counts.items():
                family.add_metric(
                    [word] if self._label else [],
                    list(zip(names, accumulate(counts), strict=True)),
                    self._sums[word],
                )
        yield family
