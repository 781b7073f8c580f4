"""`python -m tests`: every test there is, in four pytest runs, and what was skipped at the end.

As many go on at once as the machine has cores, two at least; each is printed, as it goes on, after those before it.

Arguments are handed on to each run.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.services import presence

BROWSER, ROOMS = "tests/browser", "tests/browser/rooms"
# The longest first, so that no core is idle for long at the end. Playwright leaves an event loop running in the main
# thread, so the browser tests have processes of their own: two, so that the second core has work to the end.
RUNS: dict[str, tuple[list[str], dict[str, str]]] = {
    "on SQLite": (["tests", f"--ignore={BROWSER}"], {}),
    # asyncio's debugging takes a fifth of the time, and has seen each of these on SQLite.
    "on PostgreSQL": (
        ["tests", f"--ignore={BROWSER}", "--override-ini=asyncio_debug=false"],
        {"CHAT_TEST_DATABASE": "postgresql"},
    ),
    "in the browser": ([BROWSER, f"--ignore={ROOMS}"], {}),
    "of rooms in the browser": ([ROOMS], {}),
}
AT_ONCE = max(2, os.cpu_count() or 2)
# How often it is looked for what a run has printed.
LOOK_SECONDS = 0.2


def main(arguments: list[str]) -> int:
    """Run them all, also after a failure; 0 when all went well."""
    for name in presence.provide():
        print(f"{name} is missing and could not be installed: its tests are skipped.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        skips = Path(folder) / "skips"
        outputs = {name: Path(folder) / name for name in RUNS}
        codes = {name: pool.submit(_run, name, arguments, skips, outputs[name]) for name in RUNS}
        for name, code in codes.items():
            print(f"\nThe tests {name}:", flush=True)
            _print(outputs[name], code)
        if skips.exists():
            print(f"\nSkipped:\n{skips.read_text()}", end="")
    failed = [name for name, code in codes.items() if code.result() != 0]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str, arguments: list[str], skips: Path, output: Path) -> int:
    words, variables = RUNS[name]
    environment = os.environ | variables | {"CHAT_TEST_SKIPS": str(skips)}
    command = [sys.executable, "-m", "pytest", *words, *arguments]
    with output.open("wb") as file:
        return subprocess.run(command, env=environment, stdout=file, stderr=subprocess.STDOUT).returncode


def _print(output: Path, code: "Future[int]") -> None:
    """What is there of it, and what comes until the run ends."""
    output.touch()
    with output.open(errors="replace") as file:
        ended = False
        while not ended:
            ended = code.done()
            print(file.read(), end="", flush=True)
            if not ended:
                time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
