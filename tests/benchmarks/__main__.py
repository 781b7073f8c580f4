"""`python -m tests.benchmarks [--quick] [--record] [LOAD …]`: run the loads and print their table.

A LOAD is the beginning of a load's name; without any, all are run.
"""

import argparse
import gc
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import machine, record, table
from tests.benchmarks.contest import FULL, QUICK, Row, say
from tests.benchmarks.loads import connections, fanout, github, latency, pages, posts, processes
from tests.benchmarks.loads.setting import Setting
from tests.benchmarks.servers.installations import Site
from tests.services import environment

DOCS = Path("docs")
LOADS: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "fanout-100": fanout.one_room_of_100,
    "fanout-1000": fanout.one_room_of_1000,
    "talk-200x5": fanout.two_hundred_rooms,
    "posts-sqlite": posts.on_sqlite,
    "posts-postgresql": posts.on_postgresql,
    "pages": pages.all_pages,
    "connections": connections.opening,
    "memory": connections.memory,
    "latency": latency.at_a_moderate_rate,
    "bystander": connections.bystander,
    "uvicorn": fanout.under_uvicorn,
    "two-processes": processes.two_to_one,
    "github": github.all_at_once,
}


def main() -> int:
    """0 when all loads ran; what they reached is told, and no failure."""
    asked = _arguments()
    chosen = list(dict.fromkeys(name for start in asked.loads or [""] for name in _named(start)))
    began, rows, failed = time.monotonic(), list[Row](), list[str]()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=asked.folder) as folder:
        for name in chosen:
            say(f"{name}: filling and starting its servers")
            try:
                rows += LOADS[name](_setting(asked, Path(folder)))
            except Exception as error:
                failed.append(name)
                say(f"{name} failed: {type(error).__name__}: {error}")
                traceback.print_exc()
    _tell(rows, asked.folder / "benchmarks.json", time.monotonic() - began)
    if asked.record:
        record.keep(DOCS, rows)
    for name in failed:
        say(f"Failed: {name}")
    return 1 if failed else 0


def _named(start: str) -> list[str]:
    """The load of this name, else those whose names begin so."""
    return [start] if start in LOADS else [name for name in LOADS if name.startswith(start)]


def _setting(asked: argparse.Namespace, folder: Path) -> Setting:
    # One Redis for all sides, on a short path, on the servers' core.
    with machine.on_server_core():
        environment.redis.start()
    effort = QUICK if asked.quick else FULL
    return Setting(effort, Site(folder, environment.redis.url), environment.redis.path)


def _tell(rows: list[Row], file: Path, seconds: float) -> None:
    about: dict[str, object] = {
        "machine": machine.description(),
        "pinning": machine.pinning(),
        "seconds": seconds,
    }
    table.write(file, rows, about)
    print(f"\n{machine.description()}\n{machine.pinning()}\n\n{table.text(rows)}\n")
    print(f"{seconds / 60:.1f} minutes; every figure is in {file}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the chat beside other servers.")
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--folder", type=Path, default=Path("var"), help="where installations and figures go")
    parser.add_argument(
        "--record", action="store_true", help="keep this run in docs/benchmarks.md, with a picture"
    )
    parser.add_argument("loads", nargs="*", metavar="LOAD", help=f"the beginning of: {', '.join(LOADS)}")
    return parser.parse_args()


if __name__ == "__main__":
    machine.pin_generator()
    # The servers must end with it, however it is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # What is loaded stays, and a collection in a measured second would be the server's fault.
    gc.freeze()
    gc.disable()
    try:
        sys.exit(main())
    finally:
        environment.remove()
