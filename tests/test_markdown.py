"""What Markdown becomes: safe whatever is typed, and soon, however it is meant."""

import json
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat import markdown
from chat.limits import MESSAGE_CHARS
from chat.markdown import HIGHLIGHTED_CHARS, HTML_CHARS_MOST

VENDOR = Path(__file__).parent / "browser" / "vendor"
# Of this thread alone, so that a busy machine is no failure. The worst texts take a tenth of it.
CPU_SECONDS_MOST = 3.0

ATTACKS = """
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<a href="javascript:alert(1)">x</a>
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](javascript&colon;alert(1))
[x](java&#115;cript:alert(1))
[x](&#x6A;avascript:alert(1))
[x]( javascript:alert(1))
[x](<javascript:alert(1)>)
[x](vbscript:msgbox(1))
[x](data:text/html;base64,PHNjcmlwdD4=)
[x](data:image/svg+xml;base64,PHN2Zz4=)
[x](file:///etc/passwd)
[x](blob:https://example.org/1)
[x](view-source:javascript:alert(1))
<javascript:alert(1)>
<data:text/html,x>
![x](https://example.org/spy.png)
![x](x" onerror="alert(1))
[x](https://example.org "t" onclick=alert(1))
[x](https://example.org 'x" onmouseover="alert(1)')
[x]: javascript:alert(1)
```"><script>alert(1)</script>
```py" onclick="alert(1)
`<script>alert(1)</script>`
| <b onclick=alert(1)> | `</td><script>` |
<style>*{display:none}</style>
<iframe src=//example.org></iframe>
<form action=//example.org><input name=password></form>
<base href=//example.org>
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
&lt;script&gt;alert(1)&lt;/script&gt;
https://example.org/"onmouseover="alert(1)
https://example.org/'onclick='alert(1)
https://example.org/<script>alert(1)</script>
mailto:a@example.org?subject="onclick=alert(1)
""".strip().splitlines()

SAFE = {
    **{name: set() for name in ("p", "br", "strong", "em", "s", "pre", "blockquote", "ul", "li", "hr")},
    **{name: set() for name in ("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr")},
    **{"th": {"class"}, "td": {"class"}, "ol": {"start"}, "code": {"class"}, "span": {"class"}},
    "a": {"href", "title", "target", "rel"},
}


def render(text: str) -> str:
    return markdown.render(text).html


class Found(HTMLParser):
    """The elements of some HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def assert_safe(html: str) -> None:
    for name, attributes in Found(html).elements:
        assert name in SAFE, html
        assert set(attributes) <= SAFE[name], html
        if name == "a" and "href" in attributes:
            href = (attributes["href"] or "").lower()
            scheme = href.partition(":")[0] if ":" in href.partition("/")[0] else ""
            assert scheme in ("", "http", "https", "mailto"), html
            assert attributes["target"] == "_blank", html
            assert set((attributes["rel"] or "").split()) == {"noopener", "noreferrer", "nofollow"}, html


def fill(piece: str, length: int = MESSAGE_CHARS) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def test_a_message_may_be_formatted() -> None:
    html = render(
        "# Title\n\n**bold** *slanted* ~~struck~~ `code`\n\n- one\n- two\n\n> quoted\n\n3. three\n\n---"
    )
    for expected in (
        *(
            "<h1>Title</h1>",
            "<strong>bold</strong>",
            "<em>slanted</em>",
            "<s>struck</s>",
            "<code>code</code>",
        ),
        *("<li>one</li>", "<blockquote>", '<ol start="3">', "<hr>"),
    ):
        assert expected in html


def test_a_line_break_is_kept() -> None:
    assert render("one\ntwo").replace("\n", "") == "<p>one<br>two</p>"


def test_a_table_is_a_table() -> None:
    html = render("| a | b |\n| --- | --- |\n| 1 | 2 |")
    assert [tag for tag, _ in Found(html).elements if tag in ("th", "td")] == ["th", "th", "td", "td"]


def test_the_columns_of_a_table_are_aligned_as_it_says() -> None:
    found = Found(render("| a | b | c | d |\n| --- | :-- | :-: | --: |\n| 1 | 2 | 3 | 4 |"))
    wanted = [{}, {}, {"class": "cell-center"}, {"class": "cell-right"}]
    assert found.of("th") == found.of("td") == wanted


@pytest.mark.parametrize(
    "text", ["https://example.org/a_b", "<https://example.org/a_b>", "http://localhost:8000/"]
)
def test_full_addresses_become_links(text: str) -> None:
    [link] = Found(render(f"see {text}, please")).of("a")
    assert link["href"] == text.strip("<>")
    assert_safe(render(text))


@pytest.mark.parametrize(
    "text", ["README.md", "example.org", "//example.org/x", "ftp://example.org", "a@example.org"]
)
def test_what_only_looks_like_an_address_stays_text(text: str) -> None:
    assert render(text) == f"<p>{text}</p>"


def test_links_open_apart_and_tell_their_target_nothing() -> None:
    [link] = Found(render('[a "name"](https://example.org "title")')).of("a")
    assert link == {
        "href": "https://example.org",
        "title": "title",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }


def test_a_picture_is_only_a_link_to_it() -> None:
    html = render("![alt](https://example.org/spy.png)")
    assert not Found(html).of("img")
    assert Found(html).of("a")[0]["href"] == "https://example.org/spy.png"


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_typed_becomes_active(attack: str) -> None:
    for text in (
        attack,
        f"> {attack}",
        f"- {attack}",
        f"**{attack}**",
        f"| a |\n| - |\n| {attack} |",
        f"a\n{attack}\nb",
    ):
        assert_safe(render(text))


def test_two_corpora_of_attacks_become_nothing_active() -> None:
    naughty = json.loads((VENDOR / "blns" / "resources" / "blns.json").read_text())
    bleach = [file.read_text().partition("\n--\n")[0] for file in (VENDOR / "bleach").rglob("*.test")]
    assert len(naughty) > 400
    assert len(bleach) > 10
    for text in [*naughty, *bleach]:
        assert_safe(render(text))


@given(
    st.text(
        st.sampled_from("<>&\"'`*_~[]()|#-+.!:/ =\n\tabjs:;\\0") | st.characters(codec="utf-8"), max_size=300
    )
)
@settings(max_examples=200, deadline=None)
def test_no_text_becomes_anything_active(text: str) -> None:
    assert_safe(render(text))


def test_code_of_a_known_language_is_highlighted() -> None:
    html = render('```python\ndef f():\n    return "<b>"\n```')
    assert '<code class="language-python">' in html
    assert '<span class="hl-k">def</span>' in html
    assert Found(html).text == 'def f():\n    return "<b>"\n'


@pytest.mark.parametrize("language", ["py", "Python", "js", "c++", "sh", "yml"])
def test_a_language_has_the_names_that_people_use(language: str) -> None:
    assert 'class="hl-' in render(f"```{language}\nif (x) return 1\n```")


@pytest.mark.parametrize("language", ["", "nosuchlanguage", "../x", '"><b>', "csharp", "scala", "x" * 1000])
def test_code_of_any_other_language_is_plain(language: str) -> None:
    html = render(f"```{language}\na < b\n```")
    assert "hl-" not in html
    assert Found(html).text.strip() == "a < b"


def test_code_in_a_long_message_is_plain() -> None:
    code = "x = 1\n" * (HIGHLIGHTED_CHARS // 6)
    assert "hl-" not in render(f"```python\n{code}```")


@pytest.mark.parametrize("language", sorted(markdown.LANGUAGES))
def test_hostile_code_is_highlighted_soon(language: str) -> None:
    began = time.thread_time()
    for piece in ('"\\', "'\\", "a\n", "a b", "(\n", "\n", " ", "a.a", "&", "<<A\n", "/*", "0"):
        code = fill(piece, HIGHLIGHTED_CHARS - len(language) - 10)
        render(f"```{language}\n{code}\n```")
    assert time.thread_time() - began < CPU_SECONDS_MOST


PATHOLOGICAL = [
    *("[", "]", "![", "[a](", "[](", "[[a]", "[a][", "[a]: b\n", "(", "*", "_", "**a ", "*a_ ", "~~a", "a_"),
    *(
        "`",
        "```\n",
        "```python\nx\n```\n",
        "<",
        "<!--",
        "<a",
        "&",
        "&#",
        "\\",
        "> ",
        ">",
        "- ",
        "  - ",
        "1. ",
        "#",
    ),
    *(
        "|",
        "|a",
        "| a |\n| - |\n",
        "|www.",
        "www.",
        "://",
        "http://",
        "http://a.",
        "http://(",
        "a.co ",
        "a@b.co ",
    ),
    *("http://a ", "@", "\t", "a\n", "a\n- ", "a\n\n", "\u2028a", "é", "\u0301", "-", "=\n", '"', "x"),
]


@pytest.mark.parametrize("piece", PATHOLOGICAL)
def test_a_long_hostile_text_is_rendered_soon_and_stays_small(piece: str) -> None:
    began = time.thread_time()
    html = render(fill(piece))
    assert time.thread_time() - began < CPU_SECONDS_MOST
    assert len(html) <= HTML_CHARS_MOST
    assert_safe(html)


def test_a_table_that_would_be_filled_in_for_ever_is_shown_as_it_was_typed() -> None:
    text = f"|{'a|' * 1_000}\n|{'-|' * 1_000}\n" + "|a\n" * 1_900
    html = render(text)
    assert not Found(html).of("table")
    assert len(html) <= HTML_CHARS_MOST
    assert Found(html).text.count("a") == text.count("a")


@pytest.mark.parametrize(
    "text", ["[a]: https://example.org", "> " * 100 + "deep", "#", "```\n```", "**", "<!-- -->"]
)
def test_a_message_is_never_shown_empty(text: str) -> None:
    shown = Found(render(text)).text
    assert shown.replace("\n", "") == text.replace("\n", "")
