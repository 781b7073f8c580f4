"""The other servers: `ws` and socket.io on node, where node and a package registry are there."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.benchmarks.servers.processes import ROOT, Process, free_port

HERE = Path(__file__).parent / "node"
# Installed once, beside the other packages.
PACKAGES = ROOT / ".venv" / "cache" / "benchmark-node"
INSTALL_S = 120.0


class NoNode(Exception):
    """Why they cannot be measured here."""


@contextmanager
def ws(folder: Path, redis_socket: Path) -> Iterator[int]:
    """The port of a chat on plain `ws`. It has no use for a Redis."""
    with _node("ws.cjs", folder) as port:
        yield port


@contextmanager
def socket_io(folder: Path, redis_socket: Path) -> Iterator[int]:
    """The port of a chat on socket.io, which publishes through that Redis."""
    with _node("socket_io.cjs", folder, str(redis_socket)) as port:
        yield port


@contextmanager
def _node(script: str, folder: Path, *arguments: str) -> Iterator[int]:
    packages, port = install(), free_port()
    command = ("node", str(packages / script), str(port), *arguments)
    with Process(
        *command, log=folder / f"{script}.log", port=port, variables={"NODE_ENV": "production"}
    ) as process:
        yield process.wait_until_listening().port


@cache
def install() -> Path:
    """The folder with scripts and packages. Raises NoNode."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoNode("node and npm are not there")
    PACKAGES.mkdir(parents=True, exist_ok=True)
    lock = PACKAGES / "package-lock.json"
    installed = lock.exists() and lock.read_bytes() == (HERE / lock.name).read_bytes()
    for file in HERE.iterdir():
        shutil.copy(file, PACKAGES)
    if not installed or not (PACKAGES / "node_modules").exists():
        _npm_ci()
    return PACKAGES


def _npm_ci() -> None:
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=PACKAGES, capture_output=True, text=True, timeout=INSTALL_S)
    except subprocess.TimeoutExpired as late:
        raise NoNode("npm took too long") from late
    if done.returncode:
        shutil.rmtree(PACKAGES / "node_modules", ignore_errors=True)
        raise NoNode(f"npm could not install: {done.stderr.strip()[-200:]}")
