"""The API's description as a page, drawn by the server from the OpenAPI document: no script, nothing from elsewhere."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.template.loader import render_to_string

from chat.api.admission import Access, Call
from chat.api.openapi import Json, document
from chat.api.resource import operation

_SCHEMAS = "#/components/schemas/"


class Word(NamedTuple):
    """A piece of a type's name; `anchor` is where the page describes it."""

    text: str
    anchor: str = ""


class Field(NamedTuple):
    """A row of a table: a parameter, or a field of an object."""

    name: str
    type: list[Word]
    required: bool
    note: str


class Entry(NamedTuple):
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    open: bool
    parameters: list[Field]
    body: list[Word]
    answers: list[tuple[str, list[Word]]]


@operation("GET", Access.UNASKED)
async def read_page(call: Call) -> HttpResponse:
    """This description as a page."""
    return HttpResponse(_page(), content_type="text/html; charset=utf-8")


@cache
def _page() -> str:
    sections: dict[str, list[Entry]] = {}
    for path, methods in document()["paths"].items():
        for method, described in methods.items():
            sections.setdefault(described["tags"][0], []).append(_entry(method, path, described))
    schemas = document()["components"]["schemas"]
    objects = [(name, schema.get("description", ""), _fields(schema)) for name, schema in schemas.items()]
    context = {"info": document()["info"], "sections": sections, "objects": objects}
    return render_to_string("api/docs.html", context)


def _entry(method: str, path: str, described: Json) -> Entry:
    body = described.get("requestBody")
    return Entry(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described["summary"],
        description=described.get("description", ""),
        open={} in described["security"] or not described["security"],
        parameters=[_parameter(each) for each in described["parameters"]],
        body=list(_words(_schema(body))) if body else [],
        answers=[
            (status, list(_words(_schema(answer))))
            for status, answer in described["responses"].items()
            if status.isdigit()
        ],
    )


def _schema(content: Json) -> Json:
    """The schema of a body or an answer, the same in whichever content type."""
    media, *_ = content["content"].values()
    found: Json = media["schema"]
    return found


def _parameter(each: Json) -> Field:
    note = each.get("description") or _note(each["schema"])
    where = "" if each["in"] == "query" else each["in"]
    return Field(
        each["name"],
        list(_words(each["schema"])),
        each.get("required", False),
        " · ".join(filter(None, (where, note))),
    )


def _fields(schema: Json) -> list[Field]:
    required = schema.get("required", [])
    return [
        Field(name, list(_words(each)), name in required, _note(each))
        for name, each in schema.get("properties", {}).items()
    ]


def _note(schema: Json) -> str:
    """The bounds and the value that is taken when none is given."""
    bounds = {
        "minimum": "at least",
        "maximum": "at most",
        "minLength": "characters, at least",
        "maxLength": "characters, at most",
    }
    inner = next(iter(schema.get("anyOf", [])), schema)
    found = [f"{words} {inner[key]}" for key, words in bounds.items() if key in inner]
    if schema.get("default") not in (None, [], {}):
        found.append(f"otherwise {schema['default']}")
    return ", ".join(found)


def _words(schema: Json) -> Iterator[Word]:
    """A schema as one reads it: "list of RoomObject", "integer or null"."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMAS)
        yield Word(name, name)
    elif "anyOf" in schema:
        for number, each in enumerate(schema["anyOf"]):
            yield from ([Word(" or ")] if number else [])
            yield from _words(each)
    elif schema.get("type") == "array":
        yield Word("list of ")
        yield from _words(schema.get("items") or {})
    elif "enum" in schema:
        yield Word(" | ".join(map(str, schema["enum"])))
    else:
        yield Word(str(_plain(schema)))


def _plain(schema: Json) -> Any:
    return schema.get("type", "anything")
