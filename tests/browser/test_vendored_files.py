"""Third-party files are exactly what was released; vendor.json says which version, under which licence."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("static/vendor", "tests/browser/vendor")


def test_every_vendored_file_is_as_released() -> None:
    command = [sys.executable, "static/vendor/refresh.py", "--check", *FOLDERS]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_every_vendored_package_names_its_licence_and_brings_its_text() -> None:
    for folder in FOLDERS:
        for package in json.loads((ROOT / folder / "vendor.json").read_text()):
            assert package["licence"]
            # lit's own parts share one licence text each; every package brings its file.
            assert any(name.lower().startswith("license") for name in package["files"]), package["name"]
