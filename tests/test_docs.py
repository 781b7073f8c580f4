"""What the documents promise about the code, checked against the code."""

import ast
import re
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from chat import metrics
from chat.api import openapi
from chat.errors import ChatError
from chat.protocol import objects
from chat.protocol.closes import Close
from chat.protocol.commands import AnyCommand
from chat.protocol.events import (
    Frame,
    Limits,
    Ok,
    PageOk,
    PongOk,
    ReadOk,
    SentOk,
    SeqOk,
    SlashOk,
    SubscribedOk,
    UnreadOk,
)

ROOT = Path(__file__).parent.parent
Kind = TypeVar("Kind")


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
    builtin = {
        "migrate",
        "shell",
        "runserver",
        "createsuperuser",
        "collectstatic",
        "check",
        "changepassword",
        "flush",
    }
    ours = {file.stem for file in (ROOT / "chat/management/commands").glob("*.py")}
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
        missing = named - builtin - ours
        assert not missing, f"{document.name} names management commands that do not exist: {missing}"


def test_operations_explains_every_metric_and_no_other() -> None:
    [table] = re.findall(r"^\| metric \|.*?\n\n", operations(), re.MULTILINE | re.DOTALL)
    first_cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    explained = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    shown = set(re.findall(r"^# TYPE (\w+)", metrics.text().decode(), re.MULTILINE))
    # Where there is no /proc the process tells nothing of itself.
    assert {name for name in shown ^ explained if not name.startswith("process_")} == set()
    assert {name for name in shown if name.startswith("process_")} <= explained


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


def protocol() -> str:
    return (ROOT / "docs/protocol.md").read_text()


def section(title: str) -> str:
    """The part of the protocol's page under a heading, without what is under the next one of its rank or above."""
    found = re.search(rf"^(#+) {title}$\n(.*?)(?=^#{{1,2}} |^### |\Z)", protocol(), re.MULTILINE | re.DOTALL)
    assert found, f"docs/protocol.md has no heading {title}"
    return found[2]


def rows(title: str) -> dict[str, set[str]]:
    """The words in each row of the table under a heading, by what its first cell names."""
    found: dict[str, set[str]] = {}
    for first, rest in re.findall(r"^\| `?([\w.]+)`? \|(.*)$", section(title), re.MULTILINE):
        found[first] = set(re.findall(r"\w+", rest))
    return found


def fields_of(struct: type[Any]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


def subclasses(kind: type[Kind]) -> list[type[Kind]]:
    return [found for child in kind.__subclasses__() for found in (child, *subclasses(child))]


def test_the_protocol_explains_every_command_with_its_fields() -> None:
    explained = rows("Commands")
    commands = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyCommand)}
    assert set(explained) - {"type"} == set(commands)
    for name, kind in commands.items():
        assert fields_of(kind) - {"id"} <= explained[name], name


def test_the_protocol_explains_every_event_with_its_fields() -> None:
    explained = rows("Events")
    events = {str(kind.__struct_config__.tag): kind for kind in Frame.__subclasses__()}
    assert set(explained) - {"type"} == set(events)
    for name, kind in events.items():
        assert fields_of(kind) <= explained[name], name
    assert fields_of(Limits) <= explained["hello"]


def test_the_protocol_names_what_every_command_is_answered_with() -> None:
    explained = rows("Commands") | {"subscribe": rows("Events")["subscribed"]}
    replies = {SentOk: "send", SeqOk: "edit", PageOk: "sync", PongOk: "ping", SubscribedOk: "subscribe"}
    replies |= {ReadOk: "read", UnreadOk: "unread", SlashOk: "slash"}
    assert set(replies) == set(subclasses(Ok))
    for kind, command in replies.items():
        assert fields_of(kind) - {"id"} <= explained[command], command


def test_the_protocol_shows_every_object_with_its_fields() -> None:
    shown = {
        "Message": (objects.MessageObject, objects.ReactionObject, objects.CardLink),
        "Card": (objects.CardObject, objects.CardLabel, objects.CardFact),
        "Room": (objects.RoomObject, objects.MyRoom),
        "User": (objects.UserObject,),
        "Member": (objects.MemberObject,),
        "Ban": (objects.BanObject,),
        "Revision": (objects.RevisionObject,),
        "Page": (objects.PageObject,),
    }
    every = {
        kind
        for kind in vars(objects).values()
        if isinstance(kind, type) and kind.__module__ == objects.__name__
    }
    assert {kind for kinds in shown.values() for kind in kinds} == every
    for title, kinds in shown.items():
        [example] = re.findall(r"```\n(.*?)```", section(title), re.DOTALL)
        assert set(re.findall(r'"(\w+)":', example)) == set().union(*(fields_of(kind) for kind in kinds)), (
            title
        )


def test_the_protocol_names_every_error_with_its_status() -> None:
    explained = rows("Errors")
    for kind in subclasses(ChatError):
        assert str(kind.status) in explained[kind.code], kind.code
    codes = {kind.code for kind in subclasses(ChatError)}
    assert {name for name in explained if not name.isdigit()} == codes | {"code"}


def test_the_protocol_names_every_close_code() -> None:
    assert {int(name) for name in rows("Errors") if name.isdigit()} == {int(code) for code in Close}


def test_the_protocol_names_every_address_of_the_api_with_its_methods() -> None:
    named: dict[str, set[str]] = {}
    for methods, paths in re.findall(r"^\| ([A-Z, ]+) (`/[^|]*?) \|", section("JSON API"), re.MULTILINE):
        for path in re.findall(r"`([^`]+)`", paths):
            named.setdefault(path, set()).update(methods.split(", "))
    registered: dict[str, set[str]] = {}
    for path, each in openapi.registered():
        registered.setdefault(path.replace("{", "<").replace("}", ">"), set()).add(each.method)
    assert named == registered
