"""One run kept in docs/benchmarks.md: the machine, the table and the picture, in place of those of the run before."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import machine, plot, table
from tests.benchmarks.contest import Row

PAGE, PICTURE = "benchmarks.md", "benchmarks.svg"
HEADING = "## One run"
COLUMNS = (
    "load",
    "unit",
    "product",
    "against",
    "figure",
    "ratio",
    "bar",
    "goal",
    "verdict",
    "ceiling",
    "note",
)
_SECTION = re.compile(rf"^{HEADING}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def keep(folder: Path, rows: Sequence[Row]) -> None:
    """Rewrite the section of the page in that folder, and the picture beside it. ValueError where there is none."""
    page = folder / PAGE
    text, count = _SECTION.subn(lambda _: section(rows), page.read_text())
    if not count:
        raise ValueError(f"{page} has no heading {HEADING!r}")
    page.write_text(text)
    plot.draw(folder / PICTURE, rows)


def section(rows: Sequence[Row]) -> str:
    """The heading, and all that stands under it."""
    lines = [
        *(HEADING, "", f"{machine.description()}. {machine.pinning()}", ""),
        *(f"![Ratios, with bar and goal]({PICTURE})", ""),
        *("| " + " | ".join(line) + " |" for line in _lines(rows)),
    ]
    return "\n".join([*lines, "", ""])


def _lines(rows: Sequence[Row]) -> list[list[str]]:
    rules = ["---:" if heading in table.NUMBERS else "---" for heading in COLUMNS]
    told = [table.cells(row) for row in rows]
    return [list(COLUMNS), rules, *([cell[heading] for heading in COLUMNS] for cell in told)]
