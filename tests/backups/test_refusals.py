"""What is damaged, foreign, too new or in the way is refused in one clear line, and nothing is changed by it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from chat.backups import manifest
from chat.backups.files import files_in
from tests.backups.conftest import Settings, client_programs, manage
from tests.programs import Program
from tests.services import environment

DATABASE = "database.dump" if environment.ON_POSTGRESQL else "database.sqlite3"


def refused(settings: Settings, *arguments: str) -> str:
    """The one line with which a command ends with code 1."""
    [line] = [line for line in manage(settings, *arguments, code=1) if line.startswith("CommandError: ")]
    return line.removeprefix("CommandError: ")


def seal(folder: Path) -> None:
    """Describe the files as they now are, as somebody would who tampers with care."""
    described = manifest.read(folder / manifest.NAME)
    (folder / manifest.NAME).unlink()
    described.files.clear()
    manifest.write(described, folder)


def test_a_backup_is_for_its_owner_alone_and_whole(saved: Path, used: Settings) -> None:
    assert sorted(files_in(saved)) == [DATABASE, "manifest.json", "media/2024/plan.txt"]
    for path in [saved, *saved.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    described = manifest.read(saved / manifest.NAME)
    assert described.tables["chat_user"] == 1
    assert set(described.files) == {DATABASE, "media/2024/plan.txt"}
    assert refused(used, "backup", str(saved)) == f"{saved} exists already."


def test_the_secret_key_comes_along_when_asked_for(
    used: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    target, place = tmp_path / "with-key", elsewhere()
    manage(used, "backup", "--with-secret-key", str(target))
    manage(place, "restore", str(target))
    keys = [Path(settings["CHAT_DATA_DIR"]) / "secret_key" for settings in (used, place)]
    assert keys[0].read_text() == keys[1].read_text()
    assert keys[1].stat().st_mode & 0o077 == 0
    assert (Path(place["CHAT_DATA_DIR"]) / "media/2024/plan.txt").read_text() == "what we uploaded"
    given = {**used, "SECRET_KEY": "of the environment"}
    assert "comes from the environment" in refused(given, "backup", "--with-secret-key", str(tmp_path / "no"))
    assert not (tmp_path / "no").exists()


def test_damage_is_found_before_anything_is_touched(
    saved: Path, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    place = elsewhere()

    def damaged(name: str, content: bytes) -> str:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(saved, copy)
        (copy / name).write_bytes(content)
        return refused(place, "restore", str(copy))

    whole = (saved / DATABASE).read_bytes()
    assert "it is cut off" in damaged(DATABASE, whole[:-100])
    assert "is damaged" in damaged(DATABASE, bytes([whole[0] ^ 1]) + whole[1:])
    words = (saved / manifest.NAME).read_text()
    tampered = words.replace('"chat_user": 1', '"chat_user": 2')
    assert tampered != words
    assert "its seal does not fit" in damaged(manifest.NAME, tampered.encode())
    assert "is not the manifest of a backup" in damaged(manifest.NAME, words[:-10].encode())
    assert "cannot be read" in refused(place, "restore", str(tmp_path / "nowhere"))
    manage(place, "restore", str(saved))


def test_what_is_not_what_it_claims_to_be_leaves_the_place_empty(
    saved: Path, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    place = elsewhere()
    nonsense = shutil.copytree(saved, tmp_path / "nonsense")
    (nonsense / DATABASE).write_bytes(b"this is no database" * 100)
    seal(nonsense)
    assert refused(place, "restore", str(nonsense))
    lying = shutil.copytree(saved, tmp_path / "lying")
    described = manifest.read(lying / manifest.NAME)
    described.tables["chat_user"] = 7
    (lying / manifest.NAME).unlink()
    manifest.write(described, lying)
    assert "chat_user has 1 rows; saved were 7" in refused(place, "restore", str(lying))
    assert not list(Path(place["CHAT_DATA_DIR"]).glob("media*"))
    manage(place, "restore", str(saved))


def test_a_backup_of_a_newer_version_or_another_database_is_refused(
    saved: Path, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    place, foreign = elsewhere(), shutil.copytree(saved, tmp_path / "foreign")
    words = json.loads((saved / manifest.NAME).read_text())
    for changes, complaint in (
        ({"migrations": [*words["migrations"], "chat.9999_tomorrow"]}, "newer version of the chat"),
        ({"database": "oracle"}, "This is a backup of oracle"),
        ({"format": 2}, "has the format 2"),
    ):
        (foreign / manifest.NAME).write_text(json.dumps({**words, **changes}))
        described = manifest.read_unchecked(foreign / manifest.NAME)
        (foreign / manifest.NAME).unlink()
        manifest.write(described, foreign)
        assert complaint in refused(place, "restore", str(foreign))


def test_a_place_that_is_in_use_is_left_alone(saved: Path, used: Settings) -> None:
    assert "is not empty: it holds people" in refused(used, "restore", str(saved))
    manage(used, "verify", "--manifest", str(saved))


def test_findings_are_told_with_code_1_and_an_unfinished_restore_is_recognised(
    saved: Path, elsewhere: Callable[[], Settings]
) -> None:
    place = elsewhere()
    manage(place, "restore", str(saved))
    spoil = (
        "from chat.models import Installation, Room;"
        "Room.objects.update(seq=5, member_count=3); Installation.objects.all().delete()"
    )
    manage(place, "shell", "--command", spoil)
    lines = manage(place, "verify", code=1)
    assert "NOT every room stands at its latest change" in lines
    assert lines[-1].endswith("2 findings.")
    report = json.loads(manage(place, "verify", "--json", "--manifest", str(saved), code=1)[-1])
    assert (report["ok"], report["findings"]) == (False, 3)
    assert "a restore that did not finish" in refused(place, "restore", str(saved))


def test_a_full_disk_leaves_nothing_behind(used: Settings, tmp_path: Path) -> None:
    """A limit on the size of files stands in for it: it strikes in the middle of a file, too."""
    limited = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000));"
        f"sys.argv = ['manage.py', 'backup', {str(tmp_path / 'full')!r}];"
        "runpy.run_path('manage.py', run_name='__main__')"
    )
    with Program("-c", limited, **{**client_programs(), **used}) as program:
        assert program.wait() == 1
    assert "Traceback" not in program.output
    assert not [path for path in tmp_path.iterdir() if "full" in path.name]


# SQLite is saved by its own library.
if environment.ON_POSTGRESQL:

    def test_without_a_fitting_pg_dump_it_is_said_what_to_install(used: Settings, tmp_path: Path) -> None:
        old = tmp_path / "bin" / "pg_dump"
        old.parent.mkdir()
        old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        old.chmod(0o755)
        bare = (
            "from pathlib import Path; from chat.backups import postgres;"
            "postgres.DEBIANS_FOLDERS = Path('/nowhere');"
        )
        call = f"from django.core.management import call_command; call_command('backup', {str(tmp_path / 'no')!r})"
        for folder, complaint in (
            (tmp_path / "empty", "There is no pg_dump"),
            (old.parent, "only pg_dump 9"),
        ):
            with Program.manage(
                "shell", "--command", bare + call, **{**used, "PATH": str(folder)}
            ) as program:
                assert program.wait() == 1
            assert complaint in program.output
            assert "apt install postgresql-client-" in program.output
        assert not (tmp_path / "no").exists()
        assert os.listdir(tmp_path / "bin") == ["pg_dump"]
