"""The fake GitHub from the command line: by itself, or beside a command that is given its address.

python -m tests.fakes.github --port 9000
python -m tests.fakes.github -- make run
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from types import FrameType

from tests.fakes.github import MISBEHAVING, PEOPLE, PULL_STATES, FakeGitHub
from tests.fakes.github.world.sample import add_sample

MOVE = json.dumps(
    {"do": "move_pull", "repository": "octocat/Hello-World", "with": {"number": 2, "state": "merged"}}
)


def main() -> int:
    """Serve until interrupted, or until the command has ended; then give its exit status."""
    asked = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    with FakeGitHub(port=asked.port, delay_seconds=asked.delay_seconds) as github:
        add_sample(github.world)
        print(_welcome(github.url), flush=True)
        return _run_beside(github.url, asked.command) if asked.command else _wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fakes.github", description="A GitHub for trying out."
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--delay-seconds", type=float, default=0.0, help="the wait before each answer")
    parser.add_argument("command", nargs="*", help="run beside this GitHub, with GITHUB_API_URL set to it")
    return parser.parse_args()


def _welcome(url: str) -> str:
    people = " ".join(sorted(PEOPLE))
    trouble = " ".join(sorted(MISBEHAVING))
    states = ", ".join(PULL_STATES)
    return (
        f"A fake GitHub listens on {url}\nIt knows: {people}\nIt misbehaves for: {trouble}\n"
        f"octocat/Hello-World has issue 1 and pull request 2, which is moved ({states}) like this:\n"
        f"  curl {url}/_fake/world -d '{MOVE}'"
    )


def _run_beside(url: str, command: list[str]) -> int:
    """The command gets Ctrl-C from the terminal itself; any other end it is told of from here."""
    child = subprocess.Popen(command, env={**os.environ, "GITHUB_API_URL": url})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: child.terminate())
    status = child.wait()
    return status if status >= 0 else 128 - status  # ended by a signal, told as shells tell it


def _wait() -> int:
    while True:
        signal.pause()


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
