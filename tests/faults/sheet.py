"""The sheet of faults: one line for each that was injected, with what was seen."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.delivery.ledger import Seen

HEADINGS = (
    *("database", "injected", "outcome", "attempted", "acknowledged", "read", "lost", "twice", "unexpected"),
    *("longest wait", "besides"),
)


@dataclass(frozen=True)
class Entry:
    """One fault. `besides` is what was seen and is no number of messages."""

    database: str
    injected: str
    outcome: str
    seen: Seen | None = None
    besides: str = ""

    def append_to(self, file: Path) -> None:
        with file.open("a") as lines:
            lines.write(json.dumps(asdict(self)) + "\n")

    def cells(self) -> tuple[str, ...]:
        if self.seen is None:
            return (self.database, self.injected, self.outcome, *[""] * 7, self.besides)
        *counts, longest = asdict(self.seen).values()
        numbers = [str(count) for count in counts]
        return (self.database, self.injected, self.outcome, *numbers, f"{longest:.1f} s", self.besides)


def entries(file: Path) -> list[Entry]:
    """All that were entered there, in their order."""
    lines = file.read_text().splitlines() if file.exists() else []
    found = [json.loads(line) for line in lines]
    return [Entry(**{**each, "seen": Seen(**each["seen"]) if each["seen"] else None}) for each in found]


def table(found: list[Entry]) -> str:
    """As plain text, in columns."""
    rows = [HEADINGS, *(entry.cells() for entry in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
