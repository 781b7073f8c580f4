"""The rows of an installation's database, read past the chat: what is stored, whatever its doors say."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

MESSAGES = """
SELECT m.id, m.seq, m.first_seq, m.text FROM chat_message m JOIN chat_room r ON r.id = m.room_id
WHERE r.slug = ? ORDER BY m.id
"""
LOG = """
SELECT c.seq, c.message_id FROM chat_change c JOIN chat_room r ON r.id = c.room_id
WHERE r.slug = ? ORDER BY c.seq
"""
HEAD = "SELECT seq FROM chat_room WHERE slug = ?"


@dataclass(frozen=True)
class Stored:
    """One room: its messages as (id, seq, first seq, text), its log as (seq, message id), its head."""

    messages: list[tuple[int, int, int, str]]
    log: list[tuple[int, int]]
    head: int

    def texts(self) -> list[str]:
        """What people said; system messages and deleted ones have no text."""
        return [text for _, _, _, text in self.messages if text]

    def assert_log_is_whole(self) -> None:
        """Numbers are dense, each has its log row, and every message stands at its latest and came at its first."""
        assert [seq for seq, _ in self.log] == list(range(1, self.head + 1))
        latest = {message_id: seq for seq, message_id in self.log}
        earliest = {message_id: seq for seq, message_id in reversed(self.log)}
        assert {key: seq for key, seq, _, _ in self.messages} == latest
        assert {key: first for key, _, first, _ in self.messages} == earliest
        firsts = [first for _, _, first, _ in self.messages]
        assert firsts == sorted(firsts)


def stored(settings: dict[str, str], room: str) -> Stored:
    """Read the room from the database that these settings name."""
    messages, log, [(head,)] = execute(settings, MESSAGES, LOG, HEAD, parameters=(room,))
    return Stored(messages, log, head)


def execute(
    settings: dict[str, str], *statements: str, parameters: tuple[Any, ...] = ()
) -> list[list[tuple[Any, ...]]]:
    """Run statements in one transaction; what each found. Parameters are question marks on both databases."""
    if url := settings.get("DATABASE_URL"):
        with psycopg.connect(url, cursor_factory=psycopg.RawCursor) as server:
            return [_rows(server.execute(_numbered(each), parameters)) for each in statements]
    path = Path(settings["CHAT_DATA_DIR"]) / "chat.sqlite3"
    with closing(sqlite3.connect(path)) as file, file:
        return [_rows(file.execute(each, parameters)) for each in statements]


def _numbered(statement: str) -> bytes:
    """PostgreSQL's own form of a statement's parameters."""
    first, *rest = statement.split("?")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(rest, start=1))]).encode()


def _rows(cursor: Any) -> list[tuple[Any, ...]]:
    return list(cursor.fetchall()) if cursor.description else []
