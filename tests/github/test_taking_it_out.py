"""The promise of chat/github/: deleting the folder and the lines that name it leaves a working chat."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIRING = ("chatproject/settings.py", "chatproject/urls.py")
CHECK = """
import asyncio, django
django.setup()
from channels.testing import WebsocketCommunicator
from django.core.management import call_command
from django.test import Client
from chat import hub
from chatproject import asgi, wsgi

async def talk():
    socket = WebsocketCommunicator(asgi.application, "/ws/chat/lobby/")
    await socket.connect()
    await socket.send_json_to({"message": "still here"})
    answer = await socket.receive_json_from(timeout=30)
    await socket.disconnect()
    await hub.stop()
    return answer["message"]

call_command("check")
call_command("migrate", verbosity=0)
visitor = Client(headers={"host": "localhost"})
for path in ("/api/github/users", "/github/users"):
    assert visitor.get(path).status_code == 404, path
assert b"/github/" not in visitor.get("/chat/lobby/").content
print(asyncio.run(talk()))
"""


@pytest.fixture
def without_github(tmp_path: Path) -> Path:
    """A copy of the product from which the GitHub app was taken out."""
    for folder in ("chat", "chatproject", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for shared in ("manage.py", "static"):
        (tmp_path / shared).symlink_to(ROOT / shared)
    shutil.rmtree(tmp_path / "chat/github")
    for file in WIRING:
        lines = (tmp_path / file).read_text().splitlines(keepends=True)
        named = [line for line in lines if "chat.github" in line]
        assert len(named) == 1, f"{file} names the app once"
        (tmp_path / file).write_text("".join(line for line in lines if line not in named))
    return tmp_path


def test_the_chat_works_without_the_folder_and_its_two_lines(
    without_github: Path, installation: dict[str, str]
) -> None:
    variables = {"DJANGO_SETTINGS_MODULE": "chatproject.settings", "PYTHONPATH": str(without_github)}
    environment = {**os.environ, **installation, **variables}

    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=without_github,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "still here"
