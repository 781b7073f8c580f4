"""Makes data/: GitHub's webhook payloads from the npm package @octokit/webhooks-examples.

Run as `python tests/fakes/github/webhooks/make_examples.py` (needs npm); the result is committed.
"""

import json
import lzma
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@octokit/webhooks-examples"
DATA = Path(__file__).parent / "data"
ORIGIN = """\
examples.json.xz: the payloads of api.github.com/index.json in npm's {name} {version},
by kind of event, otherwise unchanged.

Licence: {license}, as its package.json says; by Octokit contributors ({repository}).
"""


def make_examples() -> None:
    """Write examples.json.xz and ORIGIN anew."""
    with tempfile.TemporaryDirectory() as folder:
        package = _unpack(Path(folder))
        kinds = json.loads((package / "api.github.com/index.json").read_text())
        about = json.loads((package / "package.json").read_text())
    by_kind: dict[str, list[Any]] = {kind["name"]: kind["examples"] for kind in kinds}
    compact = json.dumps(by_kind, separators=(",", ":")).encode()
    (DATA / "examples.json.xz").write_bytes(lzma.compress(compact, preset=9))
    (DATA / "ORIGIN").write_text(ORIGIN.format(**about))


def _unpack(folder: Path) -> Path:
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


if __name__ == "__main__":
    make_examples()
