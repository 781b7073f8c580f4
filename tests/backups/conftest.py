"""Installations to save from and to restore into, and the commands that do it, as programs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.programs import Program
from tests.services import environment, postgres

Settings = dict[str, str]


def client_programs() -> Settings:
    """Where pg_dump and pg_restore of the tests' PostgreSQL are found."""
    if not environment.ON_POSTGRESQL:
        return {}
    return {"PATH": f"{postgres.binaries()}{os.pathsep}{os.environ['PATH']}"}


def manage(settings: Settings, *arguments: str, code: int = 0) -> list[str]:
    """Run a command to its end; its lines, without what says that the process ended as expected."""
    with Program.manage(*arguments, **{**client_programs(), **settings}) as program:
        assert program.wait() == code, program.output
    assert "Traceback" not in program.output
    return program.lines


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory, _services: None) -> Settings:
    """An installation in which somebody has an account and uploaded something. Tests leave it as it is."""
    settings = _place(tmp_path_factory.mktemp("used") / "data")
    manage(settings, "migrate", "--verbosity", "0")
    manage(settings, "token", "bob", "--create")
    uploads = Path(settings["CHAT_DATA_DIR"]) / "media" / "2024"
    uploads.mkdir(parents=True)
    (uploads / "plan.txt").write_text("what we uploaded")
    return settings


@pytest.fixture(scope="session")
def saved(used: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it, which tests copy before they spoil it."""
    target = tmp_path_factory.mktemp("backups") / "saved"
    manage(used, "backup", str(target))
    return target


@pytest.fixture
def elsewhere(tmp_path: Path, _services: None) -> Callable[[], Settings]:
    """Makes places for another installation: an empty data folder, and an empty database on PostgreSQL."""
    places = iter(range(100))
    return lambda: _place(tmp_path / f"elsewhere-{next(places)}")


def _place(folder: Path) -> Settings:
    settings = {"CHAT_DATA_DIR": str(folder)}
    if environment.ON_POSTGRESQL:
        settings["DATABASE_URL"] = environment.postgres.new_database()
    return settings
