"""Brings in the third-party browser files that vendor.json names, as released, and checks their hashes.

python static/vendor/refresh.py FOLDER…           fetch the versions named there, rewrite files and hashes
python static/vendor/refresh.py --check FOLDER…   compare the files with the hashes, fetch nothing
"""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

Package = dict[str, Any]
# Downloads one release, packed, into the working folder.
FETCH = {
    "npm": ["npm", "pack", "--silent"],
    "pypi": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"],
}


def main(arguments: list[str]) -> int:
    """Refresh or check each folder; 1 when a file differs from its hash."""
    folders = [Path(name) for name in arguments if name != "--check"]
    if "--check" not in arguments:
        for folder in folders:
            refresh(folder)
    wrong = [problem for folder in folders for problem in problems(folder)]
    print("\n".join(wrong) or "All vendored files are as listed.")
    return 1 if wrong else 0


def refresh(folder: Path) -> None:
    """Replace every listed file by the one in the released package, and note its hash."""
    packages: list[Package] = json.loads((folder / "vendor.json").read_text())
    for package in packages:
        released = _released_files(package)
        for name in package["files"]:
            target = folder / package["folder"] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(released[name])
            package["files"][name] = hashlib.sha256(released[name]).hexdigest()
    (folder / "vendor.json").write_text(json.dumps(packages, indent=2, ensure_ascii=False) + "\n")


def problems(folder: Path) -> list[str]:
    """Each listed file that is missing or altered, and each file that nobody listed."""
    listed: dict[Path, str] = {
        folder / package["folder"] / name: digest
        for package in json.loads((folder / "vendor.json").read_text())
        for name, digest in package["files"].items()
    }
    wrong = [
        f"{path}: not as released"
        for path, digest in listed.items()
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest
    ]
    found = {path for sub in folder.iterdir() if sub.is_dir() for path in sub.rglob("*") if path.is_file()}
    strangers = {path for path in found - set(listed) if "__pycache__" not in path.parts}
    return wrong + [f"{path}: not listed in vendor.json" for path in sorted(strangers)]


def _released_files(package: Package) -> dict[str, bytes]:
    """What the release holds, by path; archives put everything into one folder, which is left out."""
    pin = {
        "npm": f"{package['name']}@{package['version']}",
        "pypi": f"{package['name']}=={package['version']}",
    }
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            [*FETCH[package["registry"]], pin[package["registry"]]],
            cwd=scratch,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (packed,) = Path(scratch).glob("*.t*gz")
        archive = io.BytesIO(packed.read_bytes())
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=archive) as release:
        for member in release.getmembers():
            content = release.extractfile(member)
            if content is not None:
                files[member.name.partition("/")[2]] = content.read()
    return files


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
