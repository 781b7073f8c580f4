"""Programs that tests start: their lines as they come, and a sure end."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services import environment

ROOT = Path(__file__).resolve().parent.parent
# Generous: a start takes a second or two on an idle machine, and tests share two cores.
PATIENCE_S = 60.0


class Program:
    """One process whose standard output and error are read line by line."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        """Start `python <arguments>` in the repository, with these settings and no others."""
        # Servers run as they do for people; asyncio's debug mode halves their speed.
        kept = {name: value for name, value in environment.clean().items() if name != "PYTHONASYNCIODEBUG"}
        self.lines: list[str] = []
        self._url: str | None = None
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**kept, **environment.CHOSEN, "PYTHONUNBUFFERED": "1", **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    def manage(cls, *arguments: str, **variables: str) -> Self:
        """A management command."""
        return cls("manage.py", *arguments, **variables)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for(self, part: str) -> str:
        """The first line, from those not waited for yet, that holds this text."""
        deadline = time.monotonic() + PATIENCE_S
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                line = self._fresh.get(timeout=left)
                if line is None:
                    break
                if part in line:
                    return line
        raise AssertionError(f"no line with {part!r} from {self._process.args!r}:\n{self.output}")

    def url(self) -> str:
        """The address that a server announces."""
        if self._url is None:
            line = self.wait_for("http://")
            self._url = line[line.index("http://") :].split()[0].rstrip("/")
        return self._url

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        code = self._process.wait(PATIENCE_S)
        self._reader.join()
        return code

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self._process.poll() is None:
            self.send_signal(number)
        return self.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip("\n"))
                self._fresh.put(self.lines[-1])
        self._fresh.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.end(signal.SIGKILL)
        self._reader.join()
