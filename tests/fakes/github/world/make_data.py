"""Makes data/: the recorded GitHub answers this fake speaks with, from the npm package @octokit/openapi.

Run as `python tests/fakes/github/world/make_data.py` (needs npm); the result is committed.
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@octokit/openapi"
EXAMPLES = {
    "user": "public-user-default-response",
    "own-user": "private-user-response-with-public-profile-information",
    "repository": "full-repository-default-response",
    "listed-repository": "minimal-repository-items",
    "issue": "issue",
    "pull": "pull-request",
    "review": "pull-request-review-items",
    "commit": "commit",
    "status": "combined-commit-status",
    "checks": "check-run-paginated",
    "release": "release",
    "contributors": "contributor-items-response-if-repository-contains-content",
    "languages": "language",
    "file": "content-file-response-if-content-is-a-file",
    "events": "user-public-events-items",
}
# Whole repositories within a repository: four fifths of the text, and nothing that anybody here asks for.
LEFT_OUT = ("parent", "source", "template_repository")
DATA = Path(__file__).parent / "data"


def make_data() -> None:
    """Write examples.json and LICENSE anew."""
    with tempfile.TemporaryDirectory() as folder:
        package = _unpack(Path(folder))
        description = json.loads((package / "generated/api.github.com.json").read_text())
        licence = (package / "LICENSE").read_text()
    (DATA / "examples.json").write_text(_written(description))
    (DATA / "LICENSE").write_text(licence)


def _unpack(folder: Path) -> Path:
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _written(description: dict[str, Any]) -> str:
    """One example a line: nobody reads them from top to bottom, and the file stays small."""
    examples = description["components"]["examples"]
    origin = {
        "package": PACKAGE,
        "version": description["info"]["version"],
        "licence": "MIT, see LICENSE beside this file",
    }
    head = json.dumps(origin)[:-1]
    lines = [f'"{name}": {json.dumps(_bare(examples[own]["value"]))}' for name, own in EXAMPLES.items()]
    return head + ', "examples": {\n' + ",\n".join(lines) + "\n}}\n"


def _bare(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name not in LEFT_OUT}


if __name__ == "__main__":
    make_data()
