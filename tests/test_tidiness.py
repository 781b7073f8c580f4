"""The rules of the house that no linter knows: sizes, names, and who may name what."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("chat", "chatproject", "tests", "scripts", "static", "templates")
FILE_LINES_MOST = 300
FUNCTION_LINES_MOST = 30
FOLDER_FILES_MOST = 12
# chat/ is the table of contents, and tests/ mirrors it.
FOLDER_FILES_EXCEPTIONS = {"chat": 24, "tests": 24}
# Made by a program, taken as released, or recorded: nobody reads them from top to bottom.
FREE = {"migrations", "components", "vendor", "data", "__pycache__"}
VAGUE = {"utils", "helpers", "common", "manager", "service", "misc"}


@cache
def files() -> list[Path]:
    """Every file of ours, relative to the root."""
    found = (file.relative_to(ROOT) for top in CODE for file in (ROOT / top).rglob("*") if file.is_file())
    return sorted(file for file in found if not {"vendor", "__pycache__"} & set(file.parts))


def modules() -> list[Path]:
    return [file for file in files() if file.suffix == ".py" and "migrations" not in file.parts]


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text())


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_longer_than_one_can_read_at_once() -> None:
    code = [
        file
        for file in files()
        if file.suffix in {".py", ".js", ".css", ".html"} and not {"data", "migrations"} & set(file.parts)
    ]
    lengths = {str(file): len((ROOT / file).read_text().splitlines()) for file in code}
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES_MOST} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{file}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for file in modules()
        for function in functions(file)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES_MOST} == {}


def test_no_folder_is_a_heap() -> None:
    counts: dict[str, int] = {}
    for file in files():
        if not FREE & set(file.parts):
            counts[str(file.parent)] = counts.get(str(file.parent), 0) + 1
    most = {folder: FOLDER_FILES_EXCEPTIONS.get(folder, FOLDER_FILES_MOST) for folder in counts}
    assert {folder: count for folder, count in counts.items() if count > most[folder]} == {}


def test_no_name_is_vague() -> None:
    names = {file: set(re.split(r"[_\-.]", file.name)) for file in files() if "data" not in file.parts}
    assert [str(file) for file, words in names.items() if words & VAGUE] == []


def test_every_module_says_what_it_owns() -> None:
    silent = [str(file) for file in modules() if tree(file).body and not ast.get_docstring(tree(file))]
    assert silent == []


def test_only_the_database_bridge_names_sync_to_async() -> None:
    product = [file for file in modules() if file.parts[0] in ("chat", "chatproject")]
    naming = {str(file) for file in product if "sync_to_async" in (ROOT / file).read_text()}
    assert naming <= {"chat/database.py"}


def test_no_error_is_swallowed() -> None:
    swallowing = [
        f"{file}:{node.lineno}"
        for file in modules()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and isinstance(node.body[0], ast.Pass)
    ]
    assert swallowing == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
    )


@pytest.mark.parametrize("mark", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(mark: str) -> None:
    text = [
        file
        for file in files()
        if file.suffix in {".py", ".js", ".css", ".html"} and file.name != Path(__file__).name
    ]
    left = [str(file) for file in text if re.search(rf"\b{mark}\b", (ROOT / file).read_text())]
    assert left == []


def test_templates_and_scripts_style_nothing_in_place() -> None:
    """The Content-Security-Policy forbids it, so a browser would ignore it."""
    templates = [file for file in files() if file.suffix == ".html"]
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<style|<script>|javascript:")
    assert [str(file) for file in templates if inline.search((ROOT / file).read_text())] == []
