"""How figures are compared: sides in turn, medians, ratios, and what each must reach."""

import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

# Below this the generator, and not the server, may be what was measured.
CEILING_LEAST = 1.5


@dataclass(frozen=True)
class Effort:
    """How long is measured: each side so many times, so long each."""

    rounds: int
    seconds: float
    warm_up_s: float


FULL = Effort(rounds=3, seconds=3.0, warm_up_s=1.0)
QUICK = Effort(rounds=1, seconds=2.0, warm_up_s=0.5)


@dataclass
class Row:
    """One line of the table. `ours` is held against `theirs`, or alone against the bar where there is no other.

    With `less` the smaller figure is the better one. `ceiling` is what the generator could do, in the same unit.
    """

    name: str
    unit: str
    ours: float
    theirs: float | None = None
    against: str = ""
    bar: float | None = None
    goal: float | None = None
    less: bool = False
    ceiling: float | None = None
    # How many times as much ours did with a second of the servers' core, which other programs disturb less.
    by_cpu: float | None = None
    # The generator's share of its core, on our side.
    busy: float | None = None
    note: str = ""
    raw: dict[str, list[float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.theirs else None

    @property
    def headroom(self) -> float | None:
        """How many times as much the generator could have done."""
        return self.ceiling / self.ours if self.ceiling and self.ours else None

    @property
    def limited_by_generator(self) -> bool:
        return self.headroom is not None and self.headroom < CEILING_LEAST

    @property
    def verdict(self) -> Literal["goal", "bar", "below", ""]:
        if self.bar is None or self.goal is None:
            return ""
        reached = self.ours if self.theirs is None else self.ratio
        # Of a side that did nothing at all there is no ratio.
        if reached is None:
            return ""
        if self._is_at_least(reached, self.goal):
            return "goal"
        return "bar" if self._is_at_least(reached, self.bar) else "below"

    def _is_at_least(self, reached: float, wanted: float) -> bool:
        return reached <= wanted if self.less else reached >= wanted


@dataclass(frozen=True)
class Figure:
    """One measurement, the generator's share of its core meanwhile, and what a second of the servers' core did."""

    value: float
    busy: float = 0.0
    per_cpu_s: float = 0.0


@dataclass(frozen=True)
class Figures:
    """All measurements of one side."""

    found: list[Figure]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def busy(self) -> float:
        return statistics.median(figure.busy for figure in self.found)

    @property
    def per_cpu_s(self) -> float:
        return statistics.median(figure.per_cpu_s for figure in self.found)

    @property
    def values(self) -> list[float]:
        return [figure.value for figure in self.found]


def row(
    name: str,
    unit: str,
    found: Mapping[str, Figures],
    against: str,
    wanted: tuple[float, float] | tuple[None, None],
    *,
    ceiling: float | None = None,
    less: bool = False,
) -> Row:
    """The line of what was measured in turn; `wanted` are bar and goal."""
    ours, theirs = found["product"], found.get(against)
    by_cpu = ours.per_cpu_s / theirs.per_cpu_s if theirs and theirs.per_cpu_s else None
    return Row(
        name,
        unit,
        ours.median,
        theirs.median if theirs else None,
        against,
        bar=wanted[0] if theirs else None,
        goal=wanted[1] if theirs else None,
        less=less,
        ceiling=ceiling,
        by_cpu=by_cpu,
        busy=ours.busy,
        note="" if theirs else "not measured here",
        raw={side: figures.values for side, figures in found.items()},
    )


def in_turn(
    what: str, unit: str, rounds: int, sides: Mapping[str, Callable[[], Figure]]
) -> dict[str, Figures]:
    """Measure each side once per round, one after the other, so that the machine's moods meet all alike."""
    found: dict[str, list[Figure]] = {name: [] for name in sides}
    for number in range(rounds):
        for name, measure in sides.items():
            figure = measure()
            found[name].append(figure)
            say(f"{what}, {name}, round {number + 1} of {rounds}: {figure.value:,.4g} {unit}")
    return {name: Figures(figures) for name, figures in found.items()}


def say(line: str) -> None:
    """Progress, beside the table."""
    print(line, file=sys.stderr, flush=True)
