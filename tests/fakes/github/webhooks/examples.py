"""The recorded payloads, by kind of event and action."""

import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

EXAMPLES = Path(__file__).parent / "data/examples.json.xz"


class Example(NamedTuple):
    """One payload as GitHub sent it; `number` is its place among those of its kind."""

    kind: str
    number: int
    payload: dict[str, Any]

    @property
    def action(self) -> str:
        return str(self.payload.get("action", ""))

    @property
    def body(self) -> bytes:
        return json.dumps(self.payload).encode()

    def __str__(self) -> str:
        return f"{self.kind}-{self.number}"


def examples() -> list[Example]:
    """All of them; each has a payload of its own, which a test may change."""
    found = json.loads(_recorded())
    return [
        Example(kind, number, payload)
        for kind, payloads in found.items()
        for number, payload in enumerate(payloads)
    ]


def example_of(kind: str, action: str = "") -> Example:
    """The first one of this kind and action."""
    return next(example for example in examples() if (example.kind, example.action) == (kind, action))


@cache
def _recorded() -> bytes:
    return lzma.decompress(EXAMPLES.read_bytes())
