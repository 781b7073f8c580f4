"""The machine: which core the servers get and which the generator, and what it is, for the record."""

import contextlib
import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


_CORES = _cores()
# One core for the server with its Redis and its database, another one for the generator.
SERVER_CORE: int | None = _CORES[0] if len(_CORES) > 1 else None
GENERATOR_CORE: int | None = _CORES[-1] if len(_CORES) > 1 else None


def pin_generator() -> None:
    """This process, from now on; its threads that run already stay where they are."""
    if GENERATOR_CORE is not None:
        os.sched_setaffinity(0, {GENERATOR_CORE})


@contextmanager
def on_server_core() -> Iterator[None]:
    """Processes that are started here run on the server's core, and their children with them."""
    if SERVER_CORE is None or GENERATOR_CORE is None:
        yield
        return
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, {GENERATOR_CORE})


def cpu_of_servers_s() -> float:
    """Processor time of all processes that this one started, and of theirs; 0 where there is no /proc."""
    parents, spent = dict[int, int](), dict[int, float]()
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything.
            fields = file.read_text().rpartition(")")[2].split()
            pid = int(file.parent.name)
            parents[pid] = int(fields[1])
            spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return sum(seconds for pid, seconds in spent.items() if _descends(pid, parents))


def _descends(pid: int, parents: dict[int, int]) -> bool:
    while (pid := parents.get(pid, 0)) > 1:
        if pid == os.getpid():
            return True
    return False


def pinning() -> str:
    """How the cores are shared out, in one sentence."""
    if SERVER_CORE is None:
        return "Server and generator share the cores: this machine has only one, or cannot pin processes."
    return f"Server, Redis and database on core {SERVER_CORE}, generator on core {GENERATOR_CORE}."


def description() -> str:
    """Processor, system and versions, in one line."""
    parts = [
        f"{os.cpu_count()} cores, {_processor()}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(found for name in ("redis-server", "postgres", "node") if (found := _version(name))),
    ]
    return ", ".join(parts)


def _processor() -> str:
    try:
        names = re.findall(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def _version(program: str) -> str:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    number = re.search(r"\d+[.\d]*", told)
    return f"{program} {number[0]}" if number else ""
