"""The table of rows, as text for people and as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.contest import Row

HEADINGS = (
    *("load", "unit", "product", "against", "figure", "ratio", "by CPU", "bar", "goal", "verdict"),
    *("ceiling", "generator", "note"),
)
NUMBERS = {"product", "figure", "ratio", "by CPU", "bar", "goal", "ceiling", "generator"}


def text(rows: Sequence[Row]) -> str:
    """In columns.

    `by CPU` is the ratio of what a second of the servers' core did, `ceiling` how many times as much the generator
    could have done, `generator` how busy it was.
    """
    lines = [HEADINGS, *(tuple(cells(row).values()) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths) for line in lines)


def cells(row: Row) -> dict[str, str]:
    """What stands in each column."""
    notes = ["limited by the generator" if row.limited_by_generator else "", row.note]
    told = (
        *(row.name, row.unit, number(row.ours), row.against, number(row.theirs)),
        *(number(row.ratio), number(row.by_cpu), number(row.bar), number(row.goal), row.verdict),
        f"{number(row.headroom)} x" if row.headroom else "",
        f"{row.busy:.0%}" if row.busy else "",
        "; ".join(filter(None, notes)),
    )
    return dict(zip(HEADINGS, told, strict=True))


def as_json(rows: Sequence[Row], about: dict[str, object]) -> str:
    """Every figure of every round."""
    told = [{**asdict(row), "ratio": row.ratio, "verdict": row.verdict} for row in rows]
    return json.dumps({**about, "rows": told}, indent=2)


def write(file: Path, rows: Sequence[Row], about: dict[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(rows, about))


def number(value: float | None) -> str:
    """Three significant digits are what repeated runs agree on."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _line(told: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        cell.rjust(width) if heading in NUMBERS else cell.ljust(width)
        for heading, cell, width in zip(HEADINGS, told, widths, strict=True)
    ]
    return "  ".join(aligned).rstrip()
