"""Query sets that are turned into SQL once and then asked with other values: building one costs more than asking it.

The rules stay where they are, in query sets; no SQL is written by hand here or by those who ask.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# No id reaches it: the contract keeps them below.
_FIRST_NUMBER = 2**53
_TEXT = "the text in place "


def number(place: int) -> int:
    """Stands in a query set for the number that is given in this place, counted from 0, when it is asked."""
    return _FIRST_NUMBER + place


def text(place: int) -> str:
    """The same for a text."""
    return f"{_TEXT}{place}"


class Statement:
    """Made of a query set of `values_list`, in which `number` and `text` stand for what is told later."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        try:
            self._sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            self._sql, parameters = "", ()
        self._parameters = list(parameters)
        self._places = [
            (index, place)
            for index, value in enumerate(parameters)
            if (place := _place_of(value)) is not None
        ]
        chosen = [column for column, _, _ in compiler.select or ()]
        self._converters = list(compiler.get_converters(chosen).items())

    def rows(self, *values: Any) -> list[Any]:
        """The rows as the fields' types; a value is whatever the database takes, and is not looked at."""
        if not self._sql:
            return []
        parameters = self._parameters.copy()
        for index, place in self._places:
            parameters[index] = values[place]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            found = cursor.fetchall()
        return [self._converted(row) for row in found] if self._converters else found

    def _converted(self, row: Any) -> list[Any]:
        columns = list(row)
        for index, (converters, expression) in self._converters:
            for convert in converters:
                columns[index] = convert(columns[index], expression, connection)
        return columns


def _place_of(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= _FIRST_NUMBER:
        return value - _FIRST_NUMBER
    if isinstance(value, str) and value.startswith(_TEXT):
        return int(value.removeprefix(_TEXT))
    return None
