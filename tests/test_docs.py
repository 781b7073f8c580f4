"""What the documents promise about the code, checked against the code."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def operations() -> str:
    return (ROOT / "docs/operations.md").read_text()


def settings_read() -> dict[str, str]:
    """Each environment variable that settings.py reads, and with which reader."""
    tree = ast.parse((ROOT / "chatproject/settings.py").read_text())
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_env(node.func.value):
            name = node.args[0]
            assert isinstance(name, ast.Constant), "a setting's name must stand where it is read"
            found[str(name.value)] = node.func.attr
    return found


def _is_env(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "env"


def test_operations_explains_every_setting() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", operations(), re.MULTILINE))
    assert set(settings_read()) == rows


def test_operations_tells_which_secrets_may_come_from_a_file() -> None:
    secrets = [name for name, reader in settings_read().items() if "secret" in reader]
    assert [name for name in secrets if f"`{name}_FILE`" not in operations()] == []


def test_no_other_code_reads_settings_from_the_environment() -> None:
    product = [*(ROOT / "chat").rglob("*.py"), *(ROOT / "chatproject").rglob("*.py")]
    reading = {
        str(file.relative_to(ROOT))
        for file in product
        if re.search(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|os\.getenv", file.read_text())
    }
    assert reading <= {"chatproject/env.py"}


def test_every_command_of_make_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        named = set(re.findall(r"`make ([a-z-]+)", document.read_text()))
        assert named <= targets, f"{document.name} names make targets that do not exist: {named - targets}"


def test_every_management_command_that_a_document_names_exists() -> None:
    builtin = {"migrate", "shell", "runserver", "createsuperuser", "collectstatic", "check", "changepassword"}
    ours = {file.stem for file in (ROOT / "chat/management/commands").glob("*.py")}
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
        missing = named - builtin - ours
        assert not missing, f"{document.name} names management commands that do not exist: {missing}"


def test_architecture_has_a_line_for_each_part_of_the_house() -> None:
    house = re.findall(r"^\| (.+?) \|", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    named = {name.rstrip("/") for row in house for name in re.findall(r"`([\w/.]+)`", row)}
    parts = {
        str(part.relative_to(ROOT))
        for part in (ROOT / "chat").iterdir()
        if part.suffix == ".py" or _has_files(part)
    }
    assert parts - named - {"chat/__init__.py", "chat/migrations"} == set()


def _has_files(folder: Path) -> bool:
    return any(folder.glob("*.py"))


def test_every_path_that_a_document_names_exists() -> None:
    path = re.compile(r"`((?:chat|chatproject|tests|static|templates|docs|scripts)/[\w/.-]*)`")
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        missing = {name for name in path.findall(document.read_text()) if not (ROOT / name).exists()}
        assert not missing, f"{document.name} names what does not exist: {missing}"
