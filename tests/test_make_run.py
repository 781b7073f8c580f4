"""`make run`, in the checkout that the tests run in, where the packages stand already."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.services import environment

ROOT = Path(__file__).parent.parent


@pytest.fixture
def run(installation: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    variables = environment.clean() | installation | {"PORT": "0", "PYTHONUNBUFFERED": "1"}
    # A session of its own, as a terminal gives it: Ctrl-C reaches make and the server alike.
    process = subprocess.Popen(
        ["make", "run"], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise AssertionError("make run ended without an address")


def test_make_run_serves_a_new_data_folder_and_ends_with_ctrl_c(run: subprocess.Popen[str]) -> None:
    url = address(run)
    assert httpx.get(url, follow_redirects=True).status_code == 200
    os.killpg(run.pid, signal.SIGINT)
    run.wait(timeout=60)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_the_server_writes_nothing_outside_its_data_folder(
    installation: dict[str, str], tmp_path: Path
) -> None:
    checkout = tmp_path / "a chat"
    for name in ("chat", "chatproject", "static", "templates"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", checkout)
    before = sorted(checkout.rglob("*"))
    variables = (
        environment.clean() | installation | {"PORT": "0", "PYTHONPYCACHEPREFIX": str(tmp_path / "cache")}
    )
    command = [sys.executable, "-u", "manage.py", "serve", "--migrate"]
    with subprocess.Popen(command, cwd=checkout, env=variables, stdout=subprocess.PIPE, text=True) as server:
        assert httpx.get(address(server), follow_redirects=True).status_code == 200
        server.terminate()
    assert sorted(checkout.rglob("*")) == before
    assert (Path(installation["CHAT_DATA_DIR"]) / "secret_key").stat().st_mode & 0o777 == 0o600
