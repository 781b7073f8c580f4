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


@pytest.fixture
def elsewhere(tmp_path: Path, _services: None) -> Callable[[], Settings]:
    """Makes places for another installation: an empty data folder, and an empty database on PostgreSQL."""
    places = iter(range(100))

    def make() -> Settings:
        settings = {"CHAT_DATA_DIR": str(tmp_path / f"elsewhere-{next(places)}")}
        if environment.ON_POSTGRESQL:
            settings["DATABASE_URL"] = environment.postgres.new_database()
        return settings

    return make
