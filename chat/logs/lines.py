"""From a record to a line: for people, or one JSON object for programs. Nothing gets by chat.logs.secrets."""

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpRequest

from chat.logs.context import known
from chat.logs.secrets import shown_path, without_secrets

# The fields that a line may have beside its text, from the context or from `extra`. Nothing else of a record is
# written: libraries put whole requests there.
FIELDS = (
    *("door", "user", "room", "command", "method", "path", "status", "address", "duration_ms"),
    *("dialect", "code", "by", "job"),
)
FIELD_CHARS = 200

_encode = msgspec.json.Encoder().encode


class TextFormatter(logging.Formatter):
    """A line as people read it; a traceback stands below its line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and what is below it."""
        return super().format(_with_shown_path(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """On one line: what somebody sent must not look like a line of its own."""
        return without_secrets(super().formatMessage(record)).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return without_secrets(super().formatException(ei))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """`time`, `level`, `logger`, `message`, `exc` if there is an exception, and the fields that are known."""
        line: dict[str, object] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _writable(_with_shown_path(record).getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exc"] = _writable(self.formatException(record.exc_info))
        return _encode(line | _fields(record)).decode()


def _fields(record: logging.LogRecord) -> dict[str, object]:
    found = {**known(), **vars(record)}
    if isinstance(request := found.get("request"), HttpRequest):
        found = {"method": request.method, "path": shown_path(request), "user": _user_of(request), **found}
    values = ((name, found.get(name)) for name in FIELDS)
    shown = {name: value() if callable(value) else value for name, value in values}
    return {
        name: value if isinstance(value, int | float) else _writable(str(value))[:FIELD_CHARS]
        for name, value in shown.items()
        if value is not None
    }


def _user_of(request: HttpRequest) -> object:
    """Who is signed in, if anybody has asked for it: a log asks no database."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


def _with_shown_path(record: logging.LogRecord) -> logging.LogRecord:
    """Django names the path of a request in its warnings, whatever stands in it."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
        record.args = tuple(shown_path(request) if each == request.path else each for each in record.args)
    return record


def _writable(text: str) -> str:
    """Without secrets, and without the halves of surrogate pairs, which no encoding knows."""
    return without_secrets(text).encode("utf-8", "replace").decode()


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
