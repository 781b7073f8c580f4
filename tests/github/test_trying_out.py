"""The fake GitHub as people start it: by itself, and beside the product."""

import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAKE = [sys.executable, "-m", "tests.fakes.github"]
ASK = """
import json, os, urllib.request
with urllib.request.urlopen(os.environ["GITHUB_API_URL"] + "/users/torvalds") as answer:
    print(json.load(answer)["name"])
raise SystemExit(7)
"""


def test_a_command_beside_the_fake_is_told_its_address_and_decides_the_exit_status() -> None:
    done = subprocess.run(
        [*FAKE, "--", sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "Linus Torvalds"
    assert done.returncode == 7


def test_the_fake_stands_alone_until_it_is_ended() -> None:
    with subprocess.Popen(FAKE, cwd=ROOT, stdout=subprocess.PIPE, text=True) as fake:
        assert fake.stdout is not None
        url = fake.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{url}/users/octocat", timeout=30) as answer:
            assert answer.status == 200
        fake.terminate()
        assert fake.wait(30) == 0


def test_one_documented_line_starts_the_product_with_it() -> None:
    assert "make run-with-fake-github" in (ROOT / "docs/github.md").read_text()
    recipe = (ROOT / "Makefile").read_text().partition("\nrun-with-fake-github:")[2].partition("\n\n")[0]
    assert "-m tests.fakes.github -- $(MAKE)" in recipe
