"""Text of the wire to commands and back. What must not reach a decoder is refused before it."""

import re
from typing import Any, TypeVar

import msgspec

from chat.errors import BadCommand, BadFrame, ChatError, Invalid
from chat.protocol.commands import AnyCommand, CommandId
from chat.protocol.events import Frame

# Nothing in the protocol nests deeper than four; msgspec's own answer to 5,000 brackets is a RecursionError.
DEPTH_LIMIT = 32

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_decode_anything = msgspec.json.Decoder().decode
# The fields stay undecoded: one number out of range must not hide the id beside it.
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode

_escape = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
# Possessive, with an optional end: it never backtracks, so a hostile frame costs one pass.
_string_or_bracket = re.compile(r'"(?:[^"\\]|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
_at_field = re.compile(r"at `\$\.(\w+)")
_missing_field = re.compile(r"missing required field `(\w+)`")


Fields = TypeVar("Fields", bound=msgspec.Struct)


class CommandRefused(Exception):
    """A frame that is no command: the error, and the command's id where it had a valid one."""

    def __init__(self, error: ChatError, command_id: str | None = None) -> None:
        super().__init__(error.detail)
        self.error = error
        self.command_id = command_id


def encode(frame: Frame | dict[str, Any]) -> str:
    """One frame as text."""
    return _encode(frame).decode()


def decode(text: str) -> AnyCommand:
    """The command in one text frame; raises CommandRefused."""
    try:
        guard(text)
    except BadFrame as error:
        raise CommandRefused(error) from None
    try:
        return _commands.decode(text)
    except msgspec.ValidationError as error:
        raise _explain(text, str(error)) from None
    except (msgspec.DecodeError, UnicodeError):
        raise CommandRefused(BadFrame("The frame is not one JSON object.")) from None


def decode_object(text: str) -> dict[str, Any]:
    """Any one JSON object, guarded alike; raises BadFrame."""
    guard(text)
    try:
        found = _decode_anything(text)
    except (msgspec.DecodeError, UnicodeError):
        raise BadFrame("The frame is not JSON.") from None
    if not isinstance(found, dict):
        raise BadFrame("The frame is not a JSON object.")
    return found


def decode_fields(text: str, kind: type[Fields]) -> Fields:
    """One JSON object as the struct, guarded alike; raises BadFrame, or Invalid that names the field."""
    guard(text)
    try:
        # The whole text first: what is no JSON at its end is no object with a wrong field.
        _decode_fields(text)
    except (msgspec.DecodeError, UnicodeError):
        raise BadFrame("This is not one JSON object.") from None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from None


def guard(text: str) -> None:
    """Raise BadFrame for deep nesting, NUL and lone surrogates, escaped or not."""
    if "\0" in text:
        raise BadFrame("The frame holds a NUL character.")
    if not text.isascii():
        _refuse_surrogates(text)
    if "\\u" in text:
        _refuse_escapes(text)
    if text.count("[") + text.count("{") > DEPTH_LIMIT:
        _refuse_depth(text)


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadFrame("The frame holds a lone surrogate.") from None


def _refuse_escapes(text: str) -> None:
    """Escapes are looked at in order: a high surrogate must be followed at once by a low one."""
    expects_low_at = -1
    for match in _escape.finditer(text):
        code = int(match[1], 16) if match[1] else -1
        is_low = 0xDC00 <= code <= 0xDFFF
        if code == 0:
            raise BadFrame("The frame holds a NUL character.")
        if is_low != (match.start() == expects_low_at):
            raise BadFrame("The frame holds a lone surrogate.")
        if expects_low_at >= 0 and match.start() > expects_low_at:
            raise BadFrame("The frame holds a lone surrogate.")
        expects_low_at = match.end() if 0xD800 <= code <= 0xDBFF else -1
    if expects_low_at >= 0:
        raise BadFrame("The frame holds a lone surrogate.")


def _refuse_depth(text: str) -> None:
    depth = 0
    for match in _string_or_bracket.finditer(text):
        depth += bool(match[1]) - bool(match[2])
        if depth > DEPTH_LIMIT:
            raise BadFrame(f"The frame is nested deeper than {DEPTH_LIMIT}.")


def _explain(text: str, reason: str) -> CommandRefused:
    """Turn a failed validation into the error of the protocol, with the id that the frame carried."""
    try:
        found = _decode_fields(text)
    except msgspec.DecodeError:
        return CommandRefused(BadFrame("The frame is not one JSON object."))
    command_id = _valid_id(found.get("id"))
    kind = _string(found.get("type"))
    if kind is not None and not any(kind == known.__struct_config__.tag for known in _known):
        return CommandRefused(BadCommand(f"There is no command {kind[:40]!r}."), command_id)
    if kind is None:
        return CommandRefused(Invalid("The field 'type' is missing or no text.", field="type"), command_id)
    return CommandRefused(invalid(reason), command_id)


def invalid(reason: str) -> Invalid:
    """The error of the protocol for a failed validation of msgspec."""
    field = _at_field.search(reason) or _missing_field.search(reason)
    name = field[1] if field else None
    if _missing_field.search(reason):
        return Invalid(f"The field {name!r} is missing.", field=name)
    return Invalid(f"The field {name!r} is not right: {reason.split(' - at')[0]}.", field=name)


_known: tuple[type[msgspec.Struct], ...] = AnyCommand.__args__


def _valid_id(raw: msgspec.Raw | None) -> str | None:
    try:
        return msgspec.json.decode(raw, type=CommandId) if raw else None
    except msgspec.DecodeError:
        return None


def _string(raw: msgspec.Raw | None) -> str | None:
    try:
        return msgspec.json.decode(raw, type=str) if raw else None
    except msgspec.DecodeError:
        return None
