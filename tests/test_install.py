"""scripts/install: what it says when it cannot go on, and that it leaves alone what stands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a blank in its path and nothing installed."""
    folder = tmp_path / "a chat"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/install", folder / "scripts/install")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("")
    return folder


def install(checkout: Path, python: Path | str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = [str(checkout / "scripts/install"), "requirements.txt"]
    variables = {"PATH": os.environ["PATH"], "HOME": str(checkout.parent), "PYTHON": str(python)}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)


def a_python_that_fails_at(word: str, folder: Path) -> Path:
    """A stand-in for another interpreter: this one, but for programs that hold a certain word."""
    file = folder / "python"
    file.write_text(f'#!/bin/sh\ncase "$*" in *{word}*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    file.chmod(0o755)
    return file


def test_install_says_in_one_line_that_python_is_too_old(checkout: Path, tmp_path: Path) -> None:
    done = install(checkout, a_python_that_fails_at("version_info", tmp_path))
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt install python3 python3-venv" in done.stderr


def test_install_says_in_one_line_which_package_has_venv(checkout: Path, tmp_path: Path) -> None:
    done = install(checkout, a_python_that_fails_at("ensurepip", tmp_path))
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert f"apt install python{sys.version_info.major}.{sys.version_info.minor}-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_install_does_nothing_when_the_same_packages_stand(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    (checkout / ".venv/installed").mkdir()
    version = f"Python {sys.version.split()[0]}"
    stamp = f"{checkout}\n{version}\n"
    (checkout / ".venv/installed/requirements.txt").write_text(stamp)
    before = sorted(checkout.rglob("*"))
    done = install(checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(checkout.rglob("*")) == before
