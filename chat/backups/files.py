"""Files that are whole or not there: drafts that get their name at the end, hashes, modes for their owner alone."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chat.errors import Conflict, Unavailable

# They hold password hashes and everything that was said.
FILE_MODE = 0o600
BLOCK_BYTES = 1 << 20


@contextlib.contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `target` at the end of the `with`, or is deleted by what ends it early.

    Raises Conflict for a target that exists, Unavailable where it cannot be written.
    """
    if target.exists():
        raise Conflict(f"{target} exists already.")
    with _plainly(f"{target} cannot be written"):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
        try:
            yield draft
            for folder, _, names in os.walk(draft):
                for name in [*names, "."]:
                    sync(Path(folder) / name)
            draft.rename(target)
            sync(target.parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextlib.contextmanager
def _plainly(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise Conflict(f"{error.filename2 or error.filename} exists already.") from error
        raise Unavailable(f"{what}: {error.strerror or error}.") from error


def sync(path: Path) -> None:
    """Return when the file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_file(path: Path) -> Path:
    """An empty file for its owner alone, to be filled by a program that keeps the mode."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
    return path


def copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as reading, make_file(target).open("wb") as writing:
        shutil.copyfileobj(reading, writing, BLOCK_BYTES)


def copy_tree(source: Path, target: Path) -> None:
    """Copy the regular files of a folder. One that is deleted meanwhile is not missed: its message was, too."""
    target.mkdir(mode=0o700)
    for entry in sorted(source.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            copy_tree(entry, target / entry.name)
        elif entry.is_file():
            with contextlib.suppress(FileNotFoundError):
                copy_file(entry, target / entry.name)


def files_in(folder: Path) -> Iterator[str]:
    """The paths of all files in it, relative to it."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(folder).as_posix()


def sha256_of(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()
