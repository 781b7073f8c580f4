"""Whatever comes over the wire is a command or refused, and soon."""

import contextlib
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.errors import BadFrame
from chat.limits import FRAME_BYTES
from chat.protocol.codec import CommandRefused, decode, decode_object
from tests.protocol.test_codec import FULL

# Of this thread alone, for a frame that takes a few milliseconds; what grows faster than its length takes seconds.
CPU_SECONDS_MOST = 0.5

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
field_names = st.sampled_from(
    sorted({"id", "type", *(field for fields in FULL.values() for field in fields)})
)
frames = st.dictionaries(field_names, json_values | st.sampled_from(sorted(FULL)), max_size=8)
pieces = st.sampled_from(
    [
        '{"',
        '"type"',
        ":",
        '"send"',
        ",",
        "}",
        "[",
        "]",
        "\\u",
        "d83d",
        "de00",
        "\\",
        '"',
        "0",
        "-",
        "e9",
        "null",
        "\0",
        " ",
    ]
)


def assert_command_or_refused(text: str) -> None:
    refusal = refusal_of(text)
    command_id = refusal.command_id if refusal else None
    assert command_id is None or 1 <= len(command_id) <= 64
    with contextlib.suppress(BadFrame):
        assert isinstance(decode_object(text), dict)


def refusal_of(text: str) -> CommandRefused | None:
    try:
        decode(text)
    except CommandRefused as refused:
        return refused
    return None


@given(st.text(st.characters(), max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_command_or_refused(text: str) -> None:
    assert_command_or_refused(text)


@given(frames, st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_object_is_a_command_or_refused(frame: dict[str, object], ascii_only: bool) -> None:
    assert_command_or_refused(json.dumps(frame, ensure_ascii=ascii_only))


@given(st.lists(pieces, max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_heap_of_pieces_is_a_command_or_refused(text: str) -> None:
    assert_command_or_refused(text)


@given(st.sampled_from(sorted(FULL)), st.data())
@settings(max_examples=200, deadline=None)
def test_any_frame_with_a_character_changed_is_a_command_or_refused(kind: str, data: st.DataObject) -> None:
    text = json.dumps({"type": kind, "id": "c1", **FULL[kind]})
    at = data.draw(st.integers(0, len(text)))
    assert_command_or_refused(text[:at] + data.draw(st.text(st.characters(), max_size=2)) + text[at + 1 :])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_text_that_may_be_stored_arrives_code_point_for_code_point(text: str, ascii_only: bool) -> None:
    frame = json.dumps({"type": "send", "text": text}, ensure_ascii=ascii_only)
    assert getattr(decode(frame), "text", None) == text


@given(st.text(st.characters(), min_size=1))
@settings(max_examples=200, deadline=None)
def test_escaped_surrogates_are_refused_exactly_when_they_stand_alone(text: str) -> None:
    frame = json.dumps({"type": "send", "text": text}, ensure_ascii=True)
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    alone = "\0" in text or "\ufffd" in paired.replace("\ufffd", "", text.count("\ufffd"))
    refusal = refusal_of(frame)
    if alone:
        assert refusal is not None
        assert isinstance(refusal.error, BadFrame)
    else:
        assert getattr(decode(frame), "text", None) == paired


def fill(piece: str) -> str:
    return (piece * (FRAME_BYTES // len(piece) + 1))[:FRAME_BYTES]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            '"',
            "\\",
            '"\\',
            '\\"',
            "[",
            "]",
            "{",
            "}",
            "[]",
            '["',
            '"[',
            '{"a":',
            "\\u",
            "\\u00",
            "\\ud83d",
            "\\ude00",
        ),
        *(
            "\\ud83d\\ude00",
            "\\\\u",
            "\\ud83d\\",
            ",",
            ":",
            " ",
            "\n",
            "0",
            "9",
            "-",
            "1e",
            "a",
            "é",
            "😀",
            '"",',
            '{"',
        ),
        *('"id":"a",', "[" * 33, '\\"[', "\\\\[", "tru", "NaN"),
    ],
)
@pytest.mark.parametrize(
    "before", ["", '{"type":"send","text":"', '{"type":"ping","x":', '{"type":"nope","id":']
)
def test_a_frame_of_the_largest_size_is_read_soon(before: str, piece: str) -> None:
    text = before + fill(piece)[len(before) :]
    began = time.thread_time()
    assert_command_or_refused(text)
    assert time.thread_time() - began < CPU_SECONDS_MOST
