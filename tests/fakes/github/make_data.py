"""Makes data/: the recorded GitHub answers this fake speaks with, from the npm package @octokit/openapi.

Run as `python tests/fakes/github/make_data.py` (needs npm); the result is committed.
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@octokit/openapi"
EXAMPLES = ("public-user-default-response",)
DATA = Path(__file__).parent / "data"


def make_data() -> None:
    """Write examples.json and LICENSE anew."""
    with tempfile.TemporaryDirectory() as folder:
        package = _unpack(Path(folder))
        description = json.loads((package / "generated/api.github.com.json").read_text())
        licence = (package / "LICENSE").read_text()
    (DATA / "examples.json").write_text(json.dumps(_recorded(description), indent=2) + "\n")
    (DATA / "LICENSE").write_text(licence)


def _unpack(folder: Path) -> Path:
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _recorded(description: dict[str, Any]) -> dict[str, Any]:
    examples = description["components"]["examples"]
    return {
        "package": PACKAGE,
        "version": description["info"]["version"],
        "licence": "MIT, see LICENSE beside this file",
        "examples": {name: examples[name]["value"] for name in EXAMPLES},
    }


if __name__ == "__main__":
    make_data()
