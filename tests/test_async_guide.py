"""docs/async.md against the code: each heading of the guide, and each file, name, construct and test it speaks of."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.services import environment

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/async.md").read_text()
# The guide itself is not part of this project; these are its headings.
GUIDE = (ROOT / "tests/data/async_guide.txt").read_text()

NAMED = re.compile(r"`([\w/]+\.py)::([\w.]+)`(?:\s+with\s+`([^`]+)`)?")


class Section(NamedTuple):
    """A heading with its own words, before the next heading."""

    level: int
    english: str
    original: str
    text: str

    @property
    def paragraphs(self) -> list[str]:
        return [paragraph.strip() for paragraph in self.text.split("\n\n") if paragraph.strip()]

    def starting(self, words: str) -> list[str]:
        return [paragraph for paragraph in self.paragraphs if paragraph.startswith(words)]


class Name(NamedTuple):
    """A function, class or value in a file, and what is said to stand in its code."""

    file: str
    name: str
    construct: str

    @property
    def is_test(self) -> bool:
        return self.file.startswith("tests/") and self.name.startswith("test_")


def sections(page: str) -> list[Section]:
    """The page in order; a heading without its original has an empty one."""
    pieces = re.split(r"^(#+) (.*)$", page, flags=re.MULTILINE)[1:]
    found = []
    for marks, heading, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        english, _, original = heading.partition(" · ")
        found.append(Section(len(marks), english, original, text))
    return found


def practices(page: str) -> Iterator[Section]:
    """The sections that have no sections under them."""
    every = sections(page)
    for section, following in zip(every, [*every[1:], None], strict=True):
        if section.level > 1 and (following is None or following.level <= section.level):
            yield section


def names(text: str) -> list[Name]:
    return [Name(*found) for found in NAMED.findall(text)]


@cache
def lines(file: str) -> list[str]:
    return (ROOT / file).read_text().splitlines()


def code_of(name: Name) -> str:
    """The lines of the named thing, decorators included; raises LookupError."""
    if not (ROOT / name.file).is_file():
        raise LookupError(f"there is no {name.file}")
    node: ast.AST = ast.parse("\n".join(lines(name.file)))
    for part in name.name.split("."):
        node = _child(node, part, name)
    assert isinstance(node, ast.stmt)
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(lines(name.file)[first - 1 : node.end_lineno])


def _child(parent: ast.AST, part: str, name: Name) -> ast.AST:
    for node in getattr(parent, "body", []):
        if part in _names_of(node):
            found: ast.AST = node
            return found
    raise LookupError(f"{name.file} has no {name.name}")


def _names_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def wrong_names(page: str) -> list[str]:
    """What the page says of the code that is not so."""
    found = []
    for name in names(page):
        try:
            code = code_of(name)
        except LookupError as error:
            found.append(str(error))
        else:
            if name.construct not in code:
                found.append(f"{name.file}::{name.name} is without {name.construct}")
    return found


def unproved(page: str) -> list[str]:
    """What each practice lacks: the place in the product, a test, or the reason; or else why it is left out."""
    found = []
    for section in practices(page):
        listed = names(section.text.partition("Shown by ")[0])
        tests = [name for part in section.starting("Shown by ") for name in names(part)]
        proved = {
            "a line that says what it is": not section.paragraphs[0].startswith(
                ("- ", "Shown", "Why", "Left")
            ),
            "a place": any(not name.is_test for name in listed),
            "a test": bool(tests) and all(name.is_test for name in tests),
            "a reason": bool(section.starting("Why: ")),
        }
        if not any(proved.values()) and section.starting("Left out: "):
            continue
        found += [f"{section.english} has not {what}" for what, there in proved.items() if not there]
    return found


def test_every_heading_of_the_guide_stands_in_its_place() -> None:
    ours = [f"{'#' * section.level} {section.original}" for section in sections(PAGE)]
    assert ours == GUIDE.splitlines()
    assert [section.original for section in sections(PAGE) if not section.english] == []


def test_every_name_exists_with_what_is_said_of_it() -> None:
    assert len(names(PAGE)) > 100
    assert wrong_names(PAGE) == []


def test_every_practice_has_a_place_a_test_and_a_reason() -> None:
    assert unproved(PAGE) == []


def test_only_what_people_may_read_elsewhere_is_left_out_whole() -> None:
    whole = [section.english for section in practices(PAGE) if not names(section.text)]
    assert whole == ["Official documentation", "Libraries", "Books", "Articles"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("- `chat/gone.py::call`: gone.", "there is no chat/gone.py"),
        ("- `chat/database.py::fetch`: gone.", "chat/database.py has no fetch"),
        ("- `chat/database.py::Batch.fetch`: gone.", "chat/database.py has no Batch.fetch"),
        ("- `chat/database.py::call` with `asyncpg`: no.", "chat/database.py::call is without asyncpg"),
        (
            "Shown by `tests/database/test_database.py::test_gone`.",
            "tests/database/test_database.py has no test_gone",
        ),
    ],
)
def test_this_check_finds_what_is_gone(line: str, complaint: str) -> None:
    assert wrong_names(f"# Title · Заголовок\n\n{line}\n") == [complaint]


def test_this_check_finds_a_practice_without_proof() -> None:
    title = "# Title · Заголовок\n\n## Sleep · Сон\n\n"
    practice = f"{title}Let others run.\n\n- `chat/api/health.py::delay`.\n\nWhy: so.\n"
    assert unproved(practice) == ["Sleep has not a test"]
    assert unproved(practice + "\nShown by `chat/database.py::call`.\n") == ["Sleep has not a test"]
    assert unproved(f"{title}Why: so.\n") == [
        "Sleep has not a line that says what it is",
        "Sleep has not a place",
        "Sleep has not a test",
    ]
    assert unproved(f"{title}Left out: nobody sleeps here.\n") == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("time.sleep(1)", "ASYNC251"),
        ("httpx.get('http://localhost')", "ASYNC210"),
        ("subprocess.run(['true'])", "ASYNC221"),
        ("open('file')", "ASYNC230"),
        ("asyncio.create_task(work())", "RUF006"),
    ],
)
def test_the_linter_refuses_what_blocks_the_loop(line: str, rule: str) -> None:
    """And a task that nobody holds."""
    code = f"import asyncio, subprocess, time\nimport httpx\n\n\nasync def work() -> None:\n    {line}\n"
    lint = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    done = subprocess.run(
        [*lint, "--stdin-filename", "chat/snippet.py", "-"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f" {rule} " in done.stdout


FORGOTTEN = """
import gc

async def work() -> None: ...

async def test_it() -> None:
    {}work()
    gc.collect()
"""


@pytest.mark.parametrize(("word", "status"), [("await ", 0), ("", 1)])
def test_a_forgotten_await_fails_a_test(tmp_path: Path, word: str, status: int) -> None:
    (tmp_path / "test_forgotten.py").write_text(FORGOTTEN.format(word))
    run = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [
            *run,
            "-o",
            f"cache_dir={tmp_path / 'cache'}",
            "--output",
            str(tmp_path / "browser"),
            "test_forgotten.py",
        ],
        cwd=tmp_path,
        env=environment.clean(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("was never awaited" in done.stdout) == (status == 1)
