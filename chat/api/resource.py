"""One address of the JSON API: its operations by method, and what every request goes through before one of them.

An operation is a function: its parameters `query` and `body` are read as the structs they are annotated with, the
others come from the path; what it returns is the answer. The same annotations are its OpenAPI description.
"""

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar, cast, get_origin, get_type_hints

import msgspec
from django.http import HttpRequest, HttpResponseBase

from chat import metrics
from chat.actions.audit import coming_from
from chat.api.admission import SAFE_METHODS, Access, Call, admit
from chat.api.inputs import body_of, read_body, read_query
from chat.api.responses import JSON, STREAMED, error_response, json_response, stream_response
from chat.auth import Visitor
from chat.errors import MethodNotAllowed, NotAcceptable, as_chat_error
from chat.hub import Credential
from chat.logs import note

T = TypeVar("T")
Run = Callable[..., Awaitable[object]]

# A browser's address bar asks for HTML first; what it gets is still readable there.
HTML = "text/html"


class Created(msgspec.Struct, Generic[T], frozen=True):
    """Wraps an answer whose status is 201."""

    content: T


class Streamed(msgspec.Struct, Generic[T], frozen=True):
    """Wraps an answer that goes out item by item, each as soon as it is there."""

    items: AsyncGenerator[T, None]


class Operation(msgspec.Struct, frozen=True):
    """What one method does at one address; `answer` is the annotation of what it returns."""

    method: str
    run: Run
    access: Access
    bucket: str
    path: dict[str, Any]
    query: type[msgspec.Struct] | None
    body: type[msgspec.Struct] | None
    answer: Any
    # Request headers that mean something here, with what they mean.
    headers: dict[str, str]

    @property
    def media(self) -> tuple[str, ...]:
        """The content types it can answer with, the usual one first."""
        return STREAMED if get_origin(self.answer) is Streamed else (JSON,)


class Resource(Protocol):
    """A view that knows its operations."""

    operations: tuple[Operation, ...]

    def __call__(self, request: HttpRequest, **path: Any) -> Coroutine[Any, Any, HttpResponseBase]: ...


def operation(
    method: str,
    access: Access = Access.PERSON,
    *,
    bucket: str = "request",
    headers: dict[str, str] | None = None,
) -> Callable[[Run], Operation]:
    """Make an operation of a function `(call, path…, query, body)`."""

    def describe(run: Run) -> Operation:
        hints = get_type_hints(run)
        names = list(inspect.signature(run).parameters)[1:]
        path = {name: hints[name] for name in names if name not in ("query", "body")}
        query, body = hints.get("query"), hints.get("body")
        return Operation(method, run, access, bucket, path, query, body, hints["return"], headers or {})

    return describe


def resource(*operations: Operation) -> Resource:
    """The view of an address. Exempt from Django's own CSRF check, whose answer is a page; `admit` makes it."""
    by_method = {operation.method: operation for operation in operations}

    async def view(request: HttpRequest, **path: Any) -> HttpResponseBase:
        chosen = by_method.get("GET" if request.method == "HEAD" else request.method or "")
        try:
            response = await _answer(chosen, request, path)
        except Exception as error:
            response = error_response(as_chat_error(error))
            if isinstance(error, MethodNotAllowed):
                response["Allow"] = ", ".join(_allowed(by_method))
        if chosen is not None:
            metrics.count_request(chosen.run.__name__, response.status_code)
        return response

    view.csrf_exempt = True  # type: ignore[attr-defined]
    view.operations = operations  # type: ignore[attr-defined]
    return cast(Resource, view)


def _allowed(by_method: dict[str, Operation]) -> list[str]:
    return sorted({*by_method, *(("HEAD",) if "GET" in by_method else ())})


async def _answer(chosen: Operation | None, request: HttpRequest, path: dict[str, Any]) -> HttpResponseBase:
    """Check in the order of cost: method, form, person, rate, content."""
    if chosen is None:
        raise MethodNotAllowed(f"This address does not take {request.method}.")
    if not any(request.accepts(kind) for kind in (*chosen.media, HTML)):
        raise NotAcceptable(f"Answers are {' or '.join(chosen.media)}.")
    body = b"" if request.method in SAFE_METHODS else body_of(request)
    if chosen.access is Access.UNASKED:
        address = request.META.get("REMOTE_ADDR") or ""
        call = Call(request, Visitor(None, Credential(None), address))
    else:
        call = await admit(request, chosen.access, chosen.bucket)
        note(user=call.user.pk if call.user else None)
    if chosen.query is not None:
        path["query"] = read_query(request, chosen.query)
    if chosen.body is not None:
        path["body"] = read_body(body, chosen.body)
    with coming_from("api", call.visitor.address):
        return await _respond(request, await chosen.run(call, **path))


async def _respond(request: HttpRequest, answer: object) -> HttpResponseBase:
    if isinstance(answer, HttpResponseBase):
        return answer
    if isinstance(answer, Streamed):
        return await stream_response(request, answer.items)
    if isinstance(answer, Created):
        return json_response(answer.content, 201)
    return json_response(answer)
