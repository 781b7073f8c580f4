"""The recorded answers, each to be had as a copy in which other names stand."""

import json
from pathlib import Path
from typing import Any

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "data/examples.json").read_text())["examples"]
# The repositories that the recorded answers speak of.
RECORDED_NAMES = ("octocat/Hello-World", "octocat/hello-world", "github/hello-world", "octokit/octokit.rb")


def recorded(name: str, full_name: str = "octocat/Hello-World") -> Any:
    """A copy of an example, about the repository of that name."""
    text = json.dumps(EXAMPLES[name])
    for other in RECORDED_NAMES:
        text = text.replace(other, full_name)
    return json.loads(text)
