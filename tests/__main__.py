"""`python -m tests`: every test there is, in three pytest runs, and what was skipped at the end.

Arguments are handed on to each run.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services import presence

BROWSER = "tests/browser"
# Playwright leaves an event loop running in the main thread, so they have a process of their own.
RUNS: dict[str, tuple[list[str], dict[str, str]]] = {
    "on SQLite": (["tests", f"--ignore={BROWSER}"], {}),
    "on PostgreSQL": (["tests", f"--ignore={BROWSER}"], {"CHAT_TEST_DATABASE": "postgresql"}),
    "in the browser": ([BROWSER], {}),
}


def main(arguments: list[str]) -> int:
    """Run them all, also after a failure; 0 when all went well."""
    for name in presence.provide():
        print(f"{name} is missing and could not be installed: its tests are skipped.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        skips = Path(folder) / "skips"
        failed = [name for name in RUNS if _run(name, arguments, skips) != 0]
        if skips.exists():
            print(f"\nSkipped:\n{skips.read_text()}", end="")
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str, arguments: list[str], skips: Path) -> int:
    words, variables = RUNS[name]
    print(f"\nThe tests {name}:", flush=True)
    environment = os.environ | variables | {"CHAT_TEST_SKIPS": str(skips)}
    command = [sys.executable, "-m", "pytest", *words, *arguments]
    return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
