"""What a line in the log is about: fields that every line of one request, connection, command or job shares."""

from contextvars import ContextVar

Fields = dict[str, object]

_fields: ContextVar[Fields | None] = ContextVar("fields", default=None)


class about:
    """Every line inside is about these, and about what is around it. What was started inside and outlives it is not.

    A value may be a function of nothing, asked when a line is written: most commands write none. A class, as a
    generator costs twice that on the way of every command.
    """

    __slots__ = ("_mine", "_token")

    def __init__(self, **fields: object) -> None:
        self._mine = {**(_fields.get() or {}), **fields}

    def __enter__(self) -> None:
        self._token = _fields.set(self._mine)

    def __exit__(self, *_: object) -> None:
        _fields.reset(self._token)
        self._mine.clear()


def note(**fields: object) -> None:
    """It is known only now that what goes on is about these as well."""
    if (mine := _fields.get()) is not None:
        mine.update(fields)


def known() -> Fields:
    return _fields.get() or {}
