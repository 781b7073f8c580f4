"""The words of the tables, and how a table is read: one row a door or deed, one column a visitor."""

from collections.abc import Sequence
from typing import Any

import httpx

# Everything that a table says, and the code that stands for it on the wire.
CODES = {
    "no": "forbidden",
    "unseen": "not_found",
    "sign-in": "unauthenticated",
    "shut": "archived",
    "conflict": "conflict",
}
STATUSES = {"no": 403, "unseen": 404, "sign-in": 401, "shut": 409, "conflict": 409}
WORDS = {code: word for word, code in CODES.items()}

Row = dict[str, str]
Table = dict[str, Row]


def table(text: str) -> Table:
    """The cells by row and column. A row's name may have blanks in it, the words have none."""
    head, *lines = [line for line in text.splitlines() if line.strip()]
    columns = head.split()
    rows: Table = {}
    for line in lines:
        name, *cells = line.strip().rsplit(maxsplit=len(columns))
        assert len(cells) == len(columns), line
        assert name not in rows, f"{name} stands there twice"
        rows[name] = dict(zip(columns, cells, strict=True))
    return rows


def differences(found: Table, said: Table) -> list[str]:
    """What of it is not as it is said, a line each, so that a failure reads as a table does."""
    return [
        f"{row}, {column}: {word!r}, and the table says {said[row][column]!r}"
        for row, cells in found.items()
        for column, word in cells.items()
        if word != said[row][column]
    ]


def turned(visitors: Sequence[str], answers: Sequence[Row]) -> Table:
    """What each was answered by deed, as a table by deed and visitor."""
    by_visitor = dict(zip(visitors, answers, strict=True))
    return {name: {visitor: row[name] for visitor, row in by_visitor.items()} for name in answers[0]}


def word_of_answer(answer: httpx.Response) -> str:
    """Of an answer of the API. A refusal whose status does not go with its code is shown as both."""
    if answer.status_code in (200, 201):
        return "ok"
    body = answer.json() if answer.headers.get("content-type") == "application/json" else {}
    word = word_of_error(body)
    return word if STATUSES.get(word) == answer.status_code else f"{answer.status_code}:{word}"


def word_of_error(error: dict[str, Any]) -> str:
    """Of an error of the socket, or of the body of one over HTTP."""
    code = error.get("code", "?")
    return WORDS.get(code, str(code))
