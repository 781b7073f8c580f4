"""What a request brings: its body and its query as structs, read as strictly as a frame of the socket."""

import re
import sys
from functools import cache
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict

from chat.errors import BadFrame, Invalid, UnsupportedMediaType
from chat.limits import check_body, check_characters
from chat.protocol.codec import decode_fields, invalid

# Python and msgspec read more than these as numbers: "1_0", "1e2", "nan".
_whole = re.compile(r"-?[0-9]{1,17}", re.ASCII)
_decimal = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,17})?", re.ASCII)

T = TypeVar("T", bound=msgspec.Struct)


def body_of(request: HttpRequest) -> bytes:
    """The body, which is JSON or empty; raises TooLong or UnsupportedMediaType."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    # Under our own server neither can be: it stops a body while it arrives.
    check_body(int(length) if length.isdigit() else sys.maxsize, request.path)
    check_body(len(request.body), request.path)
    if request.body and request.content_type != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    return request.body


def read_body(body: bytes, kind: type[T]) -> T:
    """The body as the struct, no body meaning no fields; raises BadFrame, or Invalid that names the field."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadFrame("The body is not UTF-8.") from None
    return decode_fields(text or "{}", kind)


def read_query(request: HttpRequest, kind: type[T]) -> T:
    """The query as the struct, unknown names left aside; raises Invalid that names the field."""
    try:
        query = request.GET
    except TooManyFieldsSent:
        raise Invalid("The query has too many fields.") from None
    values = {name: _value(query, name, types) for name, types in _fields(kind).items() if name in query}
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from None


def _value(query: QueryDict, name: str, types: set[type]) -> object:
    """The one value, or all of a field of several.

    Texts of several are not looked at here: one that is wrong need not spoil the others.
    """
    values = query.getlist(name)
    if msgspec.inspect.VarTupleType in types:
        return [_number_or_text(text, types) for text in values]
    if len(values) > 1:
        raise Invalid(f"{name} is given more than once.", field=name)
    check_characters(values[0], name)
    return _number_or_text(values[0], types)


def _number_or_text(text: str, types: set[type]) -> int | float | str:
    """A number where the field is one and the text too; what is left is judged as text."""
    if msgspec.inspect.IntType in types and _whole.fullmatch(text):
        return int(text)
    if msgspec.inspect.FloatType in types and _decimal.fullmatch(text):
        return float(text)
    return text


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, set[type]]:
    found = msgspec.inspect.type_info(kind)
    assert isinstance(found, msgspec.inspect.StructType)
    return {field.encode_name: _types(field.type) for field in found.fields}


def _types(kind: Any) -> set[type]:
    """Those of a field of several with those of its items."""
    if isinstance(kind, msgspec.inspect.VarTupleType):
        return {type(kind), *_types(kind.item_type)}
    members = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return {type(member) for member in members}
