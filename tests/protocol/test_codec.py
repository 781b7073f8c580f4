"""Text of the wire to commands and back: what is understood, and what each misunderstanding is called."""

import json
from typing import Any, get_args

import msgspec
import pytest

from chat.errors import BadCommand, BadFrame, ChatError, Invalid
from chat.protocol import commands, events
from chat.protocol.codec import DEPTH_LIMIT, CommandRefused, decode, decode_object, encode
from chat.protocol.commands import LARGEST_ID

# Every command with each of its fields.
FULL: dict[str, dict[str, Any]] = {
    "subscribe": {"room": "lobby", "since": 0, "epoch": "abc"},
    "unsubscribe": {"room": "lobby"},
    "send": {
        **{"room": "lobby", "text": "hi", "client_id": "k", "reply_to": 1},
        **{"thread": LARGEST_ID, "attachments": []},
    },
    "edit": {"message_id": 1, "text": "hi", "seq": LARGEST_ID},
    "delete": {"message_id": LARGEST_ID},
    "react": {"message_id": 1, "emoji": "👍", "on": False},
    "pin": {"message_id": 1, "on": True},
    "read": {"room": "lobby", "message_id": LARGEST_ID},
    "unread": {"room": "lobby", "message_id": 1},
    "slash": {"room": "lobby", "text": "/help", "thread": 1},
    "presence": {"state": "idle"},
    "sync": {"room": "lobby", "since": LARGEST_ID, "epoch": ""},
    "typing": {"room": "lobby", "thread": 1},
    "ping": {},
}
NEEDED = {
    **{"send": {"text"}, "edit": {"message_id", "text"}, "delete": {"message_id"}},
    **{"react": {"message_id", "emoji", "on"}, "pin": {"message_id", "on"}},
    **{"read": {"message_id"}, "unread": {"message_id"}, "presence": {"state"}, "slash": {"text"}},
}


def refused(text: str) -> tuple[type[ChatError], str | None, str | None]:
    """The error of a frame, the field that it names, and the id that it returns."""
    with pytest.raises(CommandRefused) as refusal:
        decode(text)
    error = refusal.value.error
    assert error.detail.endswith(".")
    assert "`$" not in error.detail
    return type(error), error.field, refusal.value.command_id


def test_there_is_an_example_of_every_command() -> None:
    assert {kind.__struct_config__.tag for kind in get_args(commands.AnyCommand)} == set(FULL)


@pytest.mark.parametrize("kind", FULL)
def test_a_command_is_decoded_with_all_its_fields(kind: str) -> None:
    found = decode(json.dumps({"type": kind, "id": "c1", **FULL[kind]}))
    assert found.__struct_config__.tag == kind
    assert msgspec.to_builtins(found) == {"type": kind, "id": "c1", **FULL[kind]}


@pytest.mark.parametrize("kind", FULL)
def test_what_is_not_needed_may_be_absent_or_null(kind: str) -> None:
    needed = {name: FULL[kind][name] for name in NEEDED.get(kind, ())}
    absent = decode(json.dumps({"type": kind, **needed}))
    null = decode(json.dumps({"type": kind, "id": None, **dict.fromkeys(FULL[kind]), **needed}))
    assert absent == null
    assert absent.id is None


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind in NEEDED for field in sorted(NEEDED[kind])]
)
def test_what_is_needed_is_named_when_it_is_missing_or_null(kind: str, field: str) -> None:
    fields = {name: value for name, value in FULL[kind].items() if name != field}
    for frame in ({"type": kind, "id": "c1", **fields}, {"type": kind, "id": "c1", **fields, field: None}):
        assert refused(json.dumps(frame)) == (Invalid, field, "c1")


@pytest.mark.parametrize("wrong", [{}, [], ["x"], 1.5, True, "x", 1, -1, 2**53, 2**64, 10**400])
@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind in FULL for field in sorted(FULL[kind])])
def test_a_field_of_a_wrong_type_or_range_is_named(kind: str, field: str, wrong: Any) -> None:
    good = FULL[kind][field]
    if type(wrong) is type(good) and not (isinstance(wrong, int) and not 1 <= wrong < 2**53):
        return
    frame = json.dumps({"type": kind, "id": "c1", **FULL[kind], field: wrong})
    assert refused(frame) == (Invalid, field, "c1")


def test_unknown_fields_are_ignored() -> None:
    assert decode('{"type": "ping", "id": "a", "x": {"type": [1, {"id": 7}]}}') == commands.Ping(id="a")


@pytest.mark.parametrize("command_id", ["a", "x" * 64, "é", "👍" * 64, " ", '\\"', "0"])
def test_the_id_comes_back_as_it_was_sent(command_id: str) -> None:
    assert decode(json.dumps({"type": "ping", "id": command_id})).id == command_id
    assert refused(json.dumps({"type": "nope", "id": command_id})) == (BadCommand, None, command_id)
    assert refused(json.dumps({"id": command_id})) == (Invalid, "type", command_id)
    assert refused(json.dumps({"type": "send", "id": command_id})) == (Invalid, "text", command_id)


@pytest.mark.parametrize("command_id", ["", "x" * 65, 7, 1.5, True, [], {}, ["a"]])
def test_an_id_that_is_none_is_named_and_not_returned(command_id: Any) -> None:
    assert refused(json.dumps({"type": "ping", "id": command_id})) == (Invalid, "id", None)
    assert refused(json.dumps({"type": "nope", "id": command_id})) == (BadCommand, None, None)


def test_a_number_out_of_range_does_not_hide_the_id_beside_it() -> None:
    for number in ("1e400", "9" * 5_000, "-1", "0.5"):
        frame = f'{{"type": "delete", "message_id": {number}, "id": "c1"}}'
        assert refused(frame) == (Invalid, "message_id", "c1")


@pytest.mark.parametrize("kind", ["nope", "SEND", "send ", "", "hello", "👍", "x" * 10_000])
def test_an_unknown_type_is_a_bad_command(kind: str) -> None:
    assert refused(json.dumps({"type": kind, "id": "c1"})) == (BadCommand, None, "c1")


@pytest.mark.parametrize("kind", [None, 1, True, [], {}, ["send"]])
def test_a_type_that_is_no_text_is_invalid(kind: Any) -> None:
    assert refused(json.dumps({"type": kind, "id": "c1"})) == (Invalid, "type", "c1")


NOT_ONE_OBJECT = [
    *(
        "",
        " ",
        "hello",
        "{",
        "}",
        "{]",
        '{"type"',
        '{"type": "ping"',
        '{"type": "ping",}',
        "{'type': 'ping'}",
    ),
    *('{"type": "ping"} {}', '{"type": "ping"}x', "[]", '[{"type": "ping"}]', '"ping"', "1", "true", "null"),
    *("NaN", '{"type": "ping", "x": NaN}', '{"type": "ping", "x": Infinity}', '{"type": "ping", "x": 01}'),
    *('{"type": "ping", "x": .5}', '{"type": "ping", "x": "\n"}', '{"type": "ping", "x": "\\x"}'),
    *(
        '\ufeff{"type": "ping"}',
        '{"type": "nope", "id": NaN}',
        '{type: "ping"}',
        '{"type": "ping", "x": "\\u12"}',
    ),
]


@pytest.mark.parametrize("text", NOT_ONE_OBJECT)
def test_what_is_not_one_json_object_is_a_bad_frame(text: str) -> None:
    assert refused(text) == (BadFrame, None, None)
    with pytest.raises(BadFrame):
        decode_object(text)


def in_text(inner: str) -> str:
    return f'{{"type": "send", "id": "c1", "text": "{inner}"}}'


@pytest.mark.parametrize(
    "inner",
    [
        *(
            "\0",
            "\\u0000",
            "a\\u0000b",
            "\ud800",
            "\udfff",
            "\\ud800",
            "\\uD800",
            "\\udc00",
            "\\udfff\\ud800",
        ),
        *("\\ud83d\\ud83d\\ude00", "\\ud83d\\ude00\\ude00", "\\ud83d \\ude00", "\\ud83dx", "\\ud83d\\u0041"),
        *("\\ud83d\\n\\ude00", "\\\\\\ud83d", "\\ud83d\\\\ude00", "\ud83d\\ude00", "\\ud83d\ude00"),
    ],
)
def test_nul_and_lone_surrogates_are_refused_however_they_are_written(inner: str) -> None:
    assert refused(in_text(inner)) == (BadFrame, None, None)
    for frame in (f'{{"x": "{inner}"}}', f'{{"{inner}": 1}}', f'[["{inner}"]]'):
        with pytest.raises(BadFrame):
            decode_object(frame)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        *[
            ("\\ud83d\\ude00", "😀"),
            ("\\uD83D\\uDE00", "😀"),
            ("😀", "😀"),
            ("\\ud83d\\ude00\\ud83d\\ude00", "😀😀"),
        ],
        *[
            ("\\\\ud83d", "\\ud83d"),
            ("\\\\u0000", "\\u0000"),
            ("\\\\\\u0041", "\\A"),
            ("\\ufffd\\uffff", "\ufffd\uffff"),
        ],
        *[("\\u0001\\u001f", "\x01\x1f"), ('\\/\\b\\f\\n\\r\\t\\"', '/\b\f\n\r\t"'), ("\u2028", "\u2028")],
    ],
)
def test_any_other_character_may_be_written_in_any_way(inner: str, text: str) -> None:
    found = decode(in_text(inner))
    assert isinstance(found, commands.Send)
    assert found.text == text


@pytest.mark.parametrize("bracket", ["[", "{", '{"a":'])
def test_deep_nesting_is_a_bad_frame_at_any_depth(bracket: str) -> None:
    for depth in (DEPTH_LIMIT + 1, 5_000, 65_000 // len(bracket)):
        assert refused(bracket * depth) == (BadFrame, None, None)
        assert refused(f'{{"type": "ping", "x": {bracket * depth}') == (BadFrame, None, None)


def test_nesting_up_to_the_limit_and_brackets_in_texts_are_none() -> None:
    nested = "[" * (DEPTH_LIMIT - 1) + "]" * (DEPTH_LIMIT - 1)
    assert decode(f'{{"type": "ping", "x": {nested}}}') == commands.Ping()
    assert refused(f'{{"type": "ping", "x": [{nested}]}}') == (BadFrame, None, None)
    text = "[" * 3_000 + '\\"' + "{" * 3_000
    assert msgspec.to_builtins(decode(in_text(text)))["text"] == text.replace('\\"', '"')
    flat = ",".join(["[]"] * 1_000)
    assert decode(f'{{"type": "ping", "x": [{flat}]}}') == commands.Ping()


def test_encode_and_decode_are_each_others_reverse() -> None:
    for kind, fields in FULL.items():
        frame = {"type": kind, "id": "c1", **fields}
        assert json.loads(encode(frame)) == frame
        assert msgspec.to_builtins(decode(encode(frame))) == frame


def test_a_frame_says_its_type_and_leaves_out_what_is_unset() -> None:
    assert json.loads(encode(events.Ok(id="c1"))) == {"type": "ok", "id": "c1"}
    assert json.loads(encode(events.Notice(text="hi"))) == {"type": "notice", "text": "hi"}
    sent = events.SentOk(id="c1", message_id=1, seq=2, duplicate=False)
    assert json.loads(encode(sent)) == {
        "type": "ok",
        "id": "c1",
        "message_id": 1,
        "seq": 2,
        "duplicate": False,
    }
