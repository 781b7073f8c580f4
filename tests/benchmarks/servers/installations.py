"""The product and the baseline, filled and served: a folder, a process, and the sessions of its people."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.benchmarks.servers.order import Order
from tests.benchmarks.servers.processes import Process, free_port, run

PRODUCT, BASELINE = "chatproject.settings", "tests.benchmarks.servers.tutorial.settings"
_DAPHNE = ("-m", "daphne", "-b", "127.0.0.1", "-p")
_UVICORN = ("-m", "uvicorn", "--host", "127.0.0.1", "--port")
_APPLICATIONS = {
    PRODUCT: "chatproject.asgi:application",
    BASELINE: "tests.benchmarks.servers.tutorial.asgi:application",
}


@dataclass(frozen=True)
class Installation:
    """One that is served. `cookies` are session keys, by the number of the person."""

    processes: list[Process]
    cookies: list[str]

    @property
    def port(self) -> int:
        return self.processes[0].port


@dataclass(frozen=True)
class Site:
    """Where installations are made: a folder, the Redis that they share, and a database unless it is SQLite."""

    folder: Path
    redis_url: str
    database_url: str = ""

    @contextmanager
    def product(
        self, order: Order, *, processes: int = 1, uvicorn: bool = False, **settings: str
    ) -> Iterator[Installation]:
        """`manage.py serve` as people run it, without rates: a load is no person. Or the same under uvicorn."""
        folder = self._new_folder("product")
        variables = (
            self._variables(folder, PRODUCT)
            | {"CHAT_DATA_DIR": str(folder), "CHAT_RATE_LIMITS": "off"}
            | settings
        )
        cookies = _fill(folder, order, variables)
        command = (
            (*_UVICORN, "{port}", _APPLICATIONS[PRODUCT])
            if uvicorn
            else ("manage.py", "serve", "--port", "{port}")
        )
        with _served(command, folder, variables, processes) as served:
            yield Installation(served, cookies)

    @contextmanager
    def baseline(self, order: Order, *, uvicorn: bool = False) -> Iterator[Installation]:
        """The tutorial's consumer under stock Daphne, or under uvicorn."""
        folder = self._new_folder("baseline")
        variables = self._variables(folder, BASELINE) | {"BASELINE_FOLDER": str(folder)}
        cookies = _fill(folder, order, variables)
        with _served(
            (*(_UVICORN if uvicorn else _DAPHNE), "{port}", _APPLICATIONS[BASELINE]), folder, variables, 1
        ) as served:
            yield Installation(served, cookies)

    def _new_folder(self, name: str) -> Path:
        folder = self.folder / f"{name}-{len(list(self.folder.iterdir()))}"
        folder.mkdir(parents=True)
        return folder

    def _variables(self, folder: Path, settings: str) -> dict[str, str]:
        found = {"DJANGO_SETTINGS_MODULE": settings, "REDIS_URL": self.redis_url}
        return found | ({"DATABASE_URL": self.database_url} if self.database_url else {})


def _fill(folder: Path, order: Order, variables: dict[str, str]) -> list[str]:
    wanted, answer = folder / "order.json", folder / "cookies.json"
    wanted.write_bytes(msgspec.json.encode(order))
    _migrate(folder, variables)
    run("-m", "tests.benchmarks.servers.seed", str(wanted), str(answer), variables=variables)
    return msgspec.json.decode(answer.read_bytes(), type=list[str])


def _migrate(folder: Path, variables: dict[str, str]) -> None:
    """An empty SQLite database is made once and copied for each installation."""
    command = ("-m", "django", "migrate", "--run-syncdb", "--verbosity", "0")
    if "DATABASE_URL" in variables:
        # What has no migrations is made first of all, though its tables may refer to those of others.
        run("-m", "django", "migrate", "--verbosity", "0", variables=variables)
        run(*command, variables=variables)
        return
    template = folder.parent / f"empty-{variables['DJANGO_SETTINGS_MODULE']}"
    if not template.exists():
        template.mkdir()
        own = {"CHAT_DATA_DIR": str(template), "BASELINE_FOLDER": str(template)}
        run(*command, variables=variables | own)
    for file in template.glob("*.sqlite3*"):
        shutil.copy(file, folder)


@contextmanager
def _served(
    command: tuple[str, ...], folder: Path, variables: dict[str, str], count: int
) -> Iterator[list[Process]]:
    with ExitStack() as running:
        served = []
        for _ in range(count):
            port = free_port()
            words = [part.format(port=port) for part in command]
            process = Process(sys.executable, *words, log=folder / "log", port=port, variables=variables)
            served.append(running.enter_context(process))
        for process in served:
            process.wait_until_listening()
        yield served
