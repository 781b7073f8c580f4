"""What others wrote, inside our own Markdown: it reads as it was written, and does nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.github.quoting import QUOTED_CHARS, linked, quoted
from chat.markdown import render


@example("===")
@example("1. one")
@given(st.text(alphabet="ab @#=+[]()<>`*_~|!&\\:/.\n\u2028-1xhtps", max_size=60))
def test_whatever_stands_there_is_text_alone(text: str) -> None:
    for line in (f"said {quoted(text)} today", f"said:\n{quoted(text)}"):
        rendered = render(line)
        assert rendered.names == frozenset()
        assert rendered.html.startswith("<p>said")
        assert "<" not in rendered.html.removeprefix("<p>").removesuffix("</p>").replace("<br>", "", 1)


@pytest.mark.parametrize(
    "text", ["](https://evil.example) [", "https://evil.example", "<https://evil.example>", "a\\"]
)
def test_a_link_leads_where_we_say_and_nowhere_else(text: str) -> None:
    html = render(linked(text, "https://github.com/octocat")).html
    assert [part.partition('"')[0] for part in html.split('href="')[1:]] == ["https://github.com/octocat"]
    assert "href" not in render(linked(text, "javascript:alert(1)")).html
    assert "href" not in render(linked(text, "https://a b) [x](https://evil.example")).html


def test_it_is_one_line_of_bounded_length() -> None:
    assert quoted(" a\r\nb\x00\u2028c ") == "a b c"
    assert len(quoted("x" * 10_000)) == QUOTED_CHARS
