"""`python -m tests`: every test there is, in three pytest runs, and what was skipped at the end.

The runs on the two databases go side by side: each keeps one core busy. The second is printed when the first is done.

Arguments are handed on to each run.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from tests.services import presence

BROWSER = "tests/browser"
SQLITE, POSTGRESQL, IN_BROWSER = "on SQLite", "on PostgreSQL", "in the browser"
# Playwright leaves an event loop running in the main thread, so they have a process of their own.
RUNS: dict[str, tuple[list[str], dict[str, str]]] = {
    SQLITE: (["tests", f"--ignore={BROWSER}"], {}),
    POSTGRESQL: (["tests", f"--ignore={BROWSER}"], {"CHAT_TEST_DATABASE": "postgresql"}),
    IN_BROWSER: ([BROWSER], {}),
}


def main(arguments: list[str]) -> int:
    """Run them all, also after a failure; 0 when all went well."""
    for name in presence.provide():
        print(f"{name} is missing and could not be installed: its tests are skipped.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        skips, meanwhile = Path(folder) / "skips", Path(folder) / "meanwhile"
        with meanwhile.open("wb") as output:
            beside = _start(POSTGRESQL, arguments, skips, output)
        codes = {SQLITE: _start(SQLITE, arguments, skips).wait(), POSTGRESQL: beside.wait()}
        print(
            f"\nThe tests {POSTGRESQL}, beside those:\n{meanwhile.read_text(errors='replace')}",
            end="",
            flush=True,
        )
        codes[IN_BROWSER] = _start(IN_BROWSER, arguments, skips).wait()
        if skips.exists():
            print(f"\nSkipped:\n{skips.read_text()}", end="")
    failed = [name for name, code in codes.items() if code != 0]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _start(
    name: str, arguments: list[str], skips: Path, output: IO[bytes] | None = None
) -> "subprocess.Popen[bytes]":
    words, variables = RUNS[name]
    if output is None:
        print(f"\nThe tests {name}:", flush=True)
    environment = os.environ | variables | {"CHAT_TEST_SKIPS": str(skips)}
    command = [sys.executable, "-m", "pytest", *words, *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=output, stderr=subprocess.STDOUT if output else None
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
