"""The API's description: an OpenAPI 3.1 document made from the operations that are registered."""

import inspect
import re
from collections.abc import Iterator, Sequence
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

import msgspec
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from chat.api.admission import Access, Call
from chat.api.resource import Created, Operation, Streamed, operation
from chat.api.responses import ErrorBody

VERSION = "1"
REFERENCE = "#/components/schemas/{name}"

_parameter = re.compile(r"<(?:\w+:)?(\w+)>")

Json = dict[str, Any]


@operation("GET", Access.UNASKED)
async def read_document(call: Call) -> dict[str, Any]:
    """This description."""
    return document()


def registered() -> list[tuple[str, Operation]]:
    """Every operation of this installation with its path, whichever app it belongs to."""
    found = []
    for route, pattern in _patterns(get_resolver().url_patterns, ""):
        for each in getattr(pattern.callback, "operations", ()):
            found.append(("/" + _parameter.sub(r"{\1}", route), cast(Operation, each)))
    return found


@cache
def document() -> Json:
    """The whole description; the same for everybody, and as long as the process lives."""
    paths: dict[str, Json] = {}
    schemas = _Schemas([each for _, each in registered()])
    names: set[str] = set()
    for path, each in registered():
        # The same function may answer at two addresses.
        name = each.run.__name__ if each.run.__name__ not in names else f"{each.run.__name__}_{_last(path)}"
        names.add(name)
        described = {"operationId": name, **_operation(path, each, schemas)}
        paths.setdefault(path, {})[each.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chat", "version": VERSION, "description": _INTRODUCTION},
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {"Error": _content("Refused; `code` says why.", schemas.of(ErrorBody))},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


_INTRODUCTION = (
    "The same rules, objects and errors as on the socket. Sign in with a Bearer token, or with a session; a session "
    "that changes something sends Django's CSRF token in X-CSRFToken. Ids are integers below 2^53, times ISO 8601 "
    "UTC with milliseconds."
)


class _Schemas:
    """The schemas of all the types that operations take and answer, each named once."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._types = [ErrorBody, *dict.fromkeys(kind for each in operations for kind in _types(each))]
        found, components = msgspec.json.schema_components(self._types, ref_template=REFERENCE)
        self._found = list(found)
        self.components: Json = components

    def of(self, kind: Any) -> Json:
        return self._found[self._types.index(kind)]

    def fields(self, kind: type[msgspec.Struct]) -> dict[str, Json]:
        """The properties of a struct by name."""
        return cast(Json, self.components[kind.__name__]["properties"])


def _types(each: Operation) -> Iterator[Any]:
    yield from (kind for kind in each.path.values())
    yield from (kind for kind in (each.query, each.body) if kind is not None)
    yield from (kind for _, answer in _answers(each) if answer is not HttpResponse for kind in _items(answer))


def _answers(each: Operation) -> list[tuple[int, Any]]:
    """The statuses of success with the types of their bodies."""
    union = get_origin(each.answer) in (Union, UnionType)
    kinds = get_args(each.answer) if union else (each.answer,)
    return [(201, get_args(kind)[0]) if get_origin(kind) is Created else (200, kind) for kind in kinds]


def _items(answer: Any) -> tuple[Any, ...]:
    """What a stream's items may be; any other answer is one by itself."""
    if get_origin(answer) is not Streamed:
        return (answer,)
    [item] = get_args(answer)
    return get_args(item) if get_origin(item) in (Union, UnionType) else (item,)


def _operation(path: str, each: Operation, schemas: _Schemas) -> Json:
    summary, _, description = (inspect.getdoc(each.run) or "").partition("\n\n")
    described: Json = {
        "tags": [_tag(path)],
        "summary": summary.replace("\n", " "),
        "parameters": _parameters(each, schemas),
        "responses": _responses(each, schemas),
        "security": _security(each.access),
    }
    if description:
        described["description"] = description
    if each.body is not None:
        required = any(field.required for field in msgspec.structs.fields(each.body))
        content = {"application/json": {"schema": schemas.of(each.body)}}
        described["requestBody"] = {"required": required, "content": content}
    return described


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _tag(path: str) -> str:
    """The word after /api, or `operation` for what stands outside."""
    parts = path.split("/")
    return parts[2] if parts[1] == "api" else "operation"


def _parameters(each: Operation, schemas: _Schemas) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": schemas.of(kind)}
        for name, kind in each.path.items()
    ]
    if each.query is not None:
        schema = schemas.fields(each.query)
        found += [
            {
                "name": field.encode_name,
                "in": "query",
                "required": field.required,
                "schema": schema[field.name],
            }
            for field in msgspec.structs.fields(each.query)
        ]
    found += [
        {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in each.headers.items()
    ]
    return found


def _responses(each: Operation, schemas: _Schemas) -> Json:
    error = {"$ref": "#/components/responses/Error"}
    responses: Json = {"4XX": error, "5XX": error}
    for status, kind in _answers(each):
        if kind is HttpResponse:
            responses[str(status)] = {
                "description": "Text.",
                "content": {"text/*": {"schema": {"type": "string"}}},
            }
        elif get_origin(kind) is Streamed:
            schema: Json = {"anyOf": [schemas.of(item) for item in _items(kind)]}
            content = {media: {"schema": schema} for media in each.media}
            responses[str(status)] = {"description": "One after another.", "content": content}
        else:
            responses[str(status)] = _content(_meaning(kind, status), schemas.of(kind))
    return responses


def _content(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _meaning(kind: Any, status: int) -> str:
    own = kind.__doc__ if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
    return (own or ("Made." if status == 201 else "Done.")).partition("\n\n")[0].replace("\n    ", " ")


def _security(access: Access) -> list[Json]:
    """An empty requirement: nobody in particular will do too."""
    signed_in: list[Json] = [{"token": []}, {"session": []}]
    if access is Access.UNASKED:
        return []
    return signed_in if access is Access.PERSON else [*signed_in, {}]


def _patterns(patterns: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern
