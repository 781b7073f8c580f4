"""A picture of the ratios: one bar for each line with a bar and a goal, on a logarithmic axis, drawn as SVG."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.benchmarks import table
from tests.benchmarks.contest import Row

# Pixels: the names on the left, the axis, the figures on the right, one line of the picture.
NAMES, AXIS, FIGURES, LINE, TOP = 400, 480, 80, 26, 56
COLOURS = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.quiet { fill: #59636e; } .grid { stroke: #d1d9e0; } .mark { stroke: #1f2328; stroke-width: 2; }
.goal { fill: #2da44e; } .bar { fill: #bf8700; } .below { fill: #cf222e; } .wish { stroke-dasharray: 3 2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .quiet { fill: #9198a1; } .grid { stroke: #3d444d; } .mark { stroke: #e6edf3; }
  .goal { fill: #3fb950; } .bar { fill: #d29922; } .below { fill: #f85149; }
}
"""


def draw(file: Path, rows: Sequence[Row]) -> None:
    """Lines without a bar, and those that stand alone, are left to the table."""
    shown = [row for row in rows if row.ratio and row.bar and row.goal]
    least, most = _decades(shown)
    height = TOP + LINE * len(shown) + LINE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {NAMES + AXIS + FIGURES} {height}" role="img">',
        "<title>How many times as much, or as fast, or as small as the other</title>",
        f"<style>{COLOURS}</style>",
        '<text x="8" y="20" class="quiet">Times better than the other; full line: the bar, dashed: the goal</text>',
        *(_grid(decade, least, most, height) for decade in range(least, most + 1)),
        *(_bar(row, number, least, most) for number, row in enumerate(shown)),
        "</svg>",
    ]
    file.write_text("\n".join(lines) + "\n")


def _better(row: Row, ratio: float) -> float:
    """Where less is better, half is twice as good."""
    return 1 / ratio if row.less else ratio


def _decades(rows: Sequence[Row]) -> tuple[int, int]:
    values = [_better(row, value) for row in rows for value in (row.ratio, row.goal) if value]
    values += [1.0, 10.0]
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _place(value: float, least: int, most: int) -> float:
    return round(NAMES + AXIS * (math.log10(value) - least) / (most - least), 1)


def _grid(decade: int, least: int, most: int, height: int) -> str:
    x = _place(10.0**decade, least, most)
    name = table.number(10.0**decade)
    return (
        f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{height - LINE / 2}"/>'
        f'<text class="quiet" x="{x}" y="{TOP - 14}" text-anchor="middle">{name} ×</text>'
    )


def _bar(row: Row, number: int, least: int, most: int) -> str:
    assert row.ratio
    assert row.bar
    assert row.goal
    y, better = TOP + LINE * number, _better(row, row.ratio)
    x, start = _place(better, least, most), _place(1.0, least, most)
    marks = [(row.bar, "mark"), (row.goal, "mark wish")]
    parts = [
        f'<text x="8" y="{y + 15}">{escape(row.name)} <tspan class="quiet">({escape(row.against)})</tspan></text>',
        f'<rect class="{row.verdict}" x="{min(x, start)}" y="{y + 3}" width="{abs(x - start):.1f}"',
        f' height="{LINE - 10}"/>',
        *(_mark(_place(_better(row, wanted), least, most), y, kind) for wanted, kind in marks),
        f'<text x="{NAMES + AXIS + 16}" y="{y + 15}">{table.number(better)} ×</text>',
    ]
    return "".join(parts)


def _mark(x: float, y: int, kind: str) -> str:
    return f'<line class="{kind}" x1="{x}" x2="{x}" y1="{y}" y2="{y + LINE - 4}"/>'
