"""The short way of texts without Markdown: it gives what the parser and the cleaner give, and most of chat takes it."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.limits import MESSAGE_CHARS
from chat.markdown import render_in_full, render_plain

LOG = Path(__file__).parent / "data" / "irc" / "2016-12-19_20.txt"
# Of the messages in the log, 86 of 100 take the short way.
SHARE_LEAST = 0.8
LINES_AT_ONCE = 200

# What Markdown, the search for addresses, the cleaner or Python's own idea of a blank treats apart.
SPECIAL = [
    *(
        "http:",
        "https://a.b",
        "mailto:a@b.c",
        "MAILTO:",
        "ftp://a.b",
        "//a.b",
        "www.a.b",
        "a@b.c",
        "@bob",
        "@a.b.",
    ),
    *(
        "&amp;",
        "&lt",
        "&#1;",
        "&",
        "<3",
        "<b>",
        "<a@b.c>",
        ">",
        "--",
        "---",
        "===",
        "- a",
        "+ a",
        "* a",
        "# a",
    ),
    *(
        "1. a",
        "12) a",
        "٣. a",
        "~",
        "~~",
        "a_b",
        "_a_",
        "*a*",
        "**",
        "`",
        "```",
        "[a]: b",
        "[a](b)",
        "![",
        "]",
    ),
    *(
        "| a |",
        "|-|",
        ":-",
        ":",
        "\\",
        "\n",
        "\n\n",
        " ",
        "  ",
        "    ",
        "\t",
        "\r",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
    ),
    *(
        "\xa0",
        "\xad",
        "\u1680",
        "\u180e",
        "\u200b",
        "\u2028",
        "\u3000",
        "\ufeff",
        "\ufffe",
        "\u0301",
        "é",
        "漢",
    ),
    *(
        "👍",
        "\U000e0001",
        "a",
        "b",
        "7",
        ".",
        ",",
        "!",
        "?",
        "'",
        '"',
        "(",
        ")",
        "{",
        "}",
        "%",
        "^",
        "$",
        "/",
        "=",
    ),
]
pieces = st.lists(st.one_of(st.sampled_from(SPECIAL), st.text(max_size=4)), min_size=1, max_size=12)


def said() -> list[str]:
    found = (re.fullmatch(r"\[\d\d:\d\d] <[^>]*> (.*\S.*)", line) for line in LOG.read_text().splitlines())
    return [match[1] for match in found if match]


@settings(max_examples=400, deadline=None)
@given(pieces.map("".join))
@example("@a " * (MESSAGE_CHARS // 3))
@example("a\n" * (MESSAGE_CHARS // 2) + "a")
def test_the_short_way_gives_what_the_parser_and_the_cleaner_give(text: str) -> None:
    short = render_plain(text)
    assert short is None or short == render_in_full(text)


def test_the_short_way_gives_the_same_for_each_character_that_takes_it() -> None:
    """Within, at the beginning and at the end of a line; characters far from most scripts in steps."""
    # Beside a colon an @ takes the long way, and they would meet here.
    numbers = (
        *range(1, ord("@")),
        *range(ord("A"), 0x3100),
        *range(0x3100, 0xD800, 97),
        *range(0xE000, 0x110000, 997),
    )
    for line in ("a{}b", "{} c", "c{}"):
        lines = [text for number in numbers if render_plain(text := line.format(chr(number)))]
        assert len(lines) > 10_000
        for first in range(0, len(lines), LINES_AT_ONCE):
            text = "\n".join(lines[first : first + LINES_AT_ONCE])
            assert render_plain(text) == render_in_full(text)


def test_most_of_a_real_chat_takes_the_short_way_and_looks_the_same() -> None:
    texts = said()
    assert len(texts) > 300
    short = {text: found for text in texts if (found := render_plain(text)) is not None}
    assert sum(text in short for text in texts) / len(texts) > SHARE_LEAST
    assert all(found == render_in_full(text) for text, found in short.items())


@pytest.mark.parametrize(
    "text",
    [
        "Hello there!",
        "It's 5 > 3 & 2 < 4, isn't it?".replace("<", "="),
        "one\ntwo\nthree",
        "well: see file_name.py at 10:30 (or later) :)",
        "@bob, have you seen @alice.b?",
        "Schöne Grüße, 漢字 👍🏽",
        "3 of them - no more",
    ],
)
def test_what_people_type_most_takes_the_short_way(text: str) -> None:
    assert render_plain(text) == render_in_full(text)


@pytest.mark.parametrize(
    "text",
    [
        "**b**",
        "# a",
        "- a",
        "1. a",
        "> a",
        "`a`",
        "https://a.b",
        "a\n\nb",
        "a\n===",
        " a",
        "a ",
        "",
        "[a](b)",
    ],
)
def test_what_may_be_markdown_does_not(text: str) -> None:
    assert render_plain(text) is None
