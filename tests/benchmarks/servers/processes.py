"""Processes that are measured: started on the servers' core, their lines in a file, a sure end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.benchmarks import machine
from tests.services import environment

ROOT = Path(__file__).resolve().parents[3]
# A start takes three seconds, and many times that on a machine that is busy with something else.
START_S = 120.0
# The product drains for at most ten seconds.
END_S = 15.0


class Process:
    """One program that listens on a port. What it prints goes to a file: reading it would cost the generator."""

    def __init__(self, *command: str, log: Path, port: int, variables: dict[str, str] | None = None) -> None:
        kept = {name: value for name, value in environment.clean().items() if name != "PYTHONASYNCIODEBUG"}
        self.port = port
        self._log = log
        with log.open("ab") as output, machine.on_server_core():
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**kept, "PYTHONUNBUFFERED": "1", **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_listening(self) -> Self:
        """Raises RuntimeError with its last lines when it ends or takes too long."""
        deadline = time.monotonic() + START_S
        while not _listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise RuntimeError(
                    f"{self._process.args!r} does not listen:\n{self._log.read_text()[-2000:]}"
                )
            time.sleep(0.05)
        return self

    def resident_bytes(self) -> int:
        """The memory it has now. Linux only."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def run(*command: str, variables: dict[str, str]) -> None:
    """Run a Python program to its end, on the servers' core. Raises RuntimeError with its output."""
    with machine.on_server_core():
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**environment.clean(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode:
        raise RuntimeError(f"{command!r} failed:\n{done.stdout[-2000:]}")


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False
    return True
