"""Text to safe HTML: markdown-it without raw HTML, then nh3 as the second wall.

Rendered once, when a message is written. Nothing that people type is ever trusted as HTML, and nothing that they
type may keep the writer busy: what costs more than its length is left out, and shown as it was typed.
"""

import re
from functools import cache
from html import escape
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Highlighting is what costs most; code in a longer message is shown plain.
HIGHLIGHTED_CHARS = 2_000
# A line of brackets must not nest the parser deep; CommonMark text by people stays below this.
NESTING_MOST = 20
# A table's missing cells are filled in, so a few columns and many short lines make far more HTML than text.
TABLE_CELLS_MOST = 4_000
# Six times the longest text: a page of such messages still fits in what a connection may have pending.
HTML_CHARS_MOST = 60_000

# The lexers that took no more than a fraction of a second for the worst of some 200 hostile texts. Others, such
# as C# and Scala, took minutes. Named by the first alias that Pygments gives them.
LANGUAGES = frozenset(
    (
        *("awk", "bash", "batch", "c", "clojure", "cmake", "console", "cpp", "css", "dart", "diff"),
        *("docker", "elixir", "erlang", "go", "graphql", "haskell", "html", "ini", "java", "javascript"),
        *("json", "jsx", "kotlin", "lua", "nginx", "ocaml", "perl", "php", "powershell", "protobuf", "pycon"),
        *("python", "ruby", "rust", "scss", "sql", "swift", "tex", "toml", "typescript", "vim", "xml"),
        *("yaml", "zig"),
    )
)
# Several of them look for the end of a line of code through all blanks that follow, from each blank anew.
_long_blank = re.compile(r"\s{40}")

_TAGS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    **{"a": {"href", "title"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}},
    **{"th": {"class"}, "td": {"class"}},
}
_SCHEMES = {"http", "https", "mailto"}
# A name after an @ that does not stand inside a word or an e-mail address; the full stop of a sentence is none of it.
_mention = re.compile(r"(?<![\w@.+-])@([\w+-]+(?:\.[\w+-]+)*)")
_marked = re.compile(r'<span class="mention">@([^<]+)</span>')
# A line that Markdown leaves as it is: it begins neither as a list, heading or quotation does nor with a blank, ends
# without one, and has nothing that could be emphasis, code, a link, an entity or a part of a table.
# `others` are all but control characters and blanks of another kind.
_others = r"\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\U0010ffff"
_plain_line = rf"""
    (?![ \-+=\#>] | [0-9]++[.)])
    (?:
        [ !"\#$%'()+,\-./0-9;=>?@A-Z\]^a-z{{}}{_others}]++
        | :(?!/) | &(?![\#\w]) | ~(?!~) | (?<=[0-9A-Za-z])_(?=[0-9A-Za-z])
    )++
    (?<![ ])
"""
_plain_text = re.compile(rf"{_plain_line}(?:\n{_plain_line})*+", re.VERBOSE)
# What a reader would see something of.
_visible = re.compile(r">[^<]*[^<\s]|<hr")


_nobody: frozenset[str] = frozenset()


class Rendered(NamedTuple):
    """A message as HTML, in which every `@name` outside of code and links is marked; and these names."""

    html: str
    names: frozenset[str]

    def calling(self, called: frozenset[str]) -> str:
        """The HTML with only these of the names marked: the others belong to nobody here."""
        if self.names <= called:
            return self.html
        return _marked.sub(lambda mark: mark[0] if mark[1] in called else f"@{mark[1]}", self.html)


def render(text: str) -> Rendered:
    """The message as HTML for `innerHTML`: a small Markdown, links opened apart, nothing active.

    Most of what people type has no Markdown, and takes a short way to the same result: a text of 200 characters
    a hundredth of the time.
    """
    return render_plain(text) or render_in_full(text)


def render_plain(text: str) -> Rendered | None:
    """What `render_in_full` makes of a text without any Markdown; None for other texts, and some of these."""
    # With a colon before it, an @ may belong to a mailto: address.
    if not _plain_text.fullmatch(text) or ("@" in text and ":" in text):
        return None
    html = f"<p>{escape(text, quote=False)}</p>".replace("\n", "<br>\n")
    names = _nobody
    # To look for names takes five times as long as all of the above.
    if "@" in text and (names := frozenset(_mention.findall(text))):
        html = _mention.sub(lambda found: _mark(found[1]), html)
    return Rendered(html, names) if len(html) <= HTML_CHARS_MOST else None


def render_in_full(text: str) -> Rendered:
    """By the parser and the cleaner, whatever the text is."""
    names: dict[str, set[str]] = {"names": set()}
    parser = _parser(_cells_at_most(text) <= TABLE_CELLS_MOST, len(text) <= HIGHLIGHTED_CHARS)
    html = _clean(parser.render(text, names))
    # Also what Markdown makes nothing of, such as a definition that nothing refers to, is not an empty message.
    fits = len(html) <= HTML_CHARS_MOST and _visible.search(html)
    return Rendered(html if fits else _as_typed(text), frozenset(names["names"]))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _as_typed(text: str) -> str:
    lines = escape(text.strip(), quote=False).splitlines()
    return f"<p>{'<br>'.join(lines)}</p>"


def _cells_at_most(text: str) -> int:
    """As many columns as any line has, in as many rows as there are lines."""
    lines = text.splitlines()
    return max((line.count("|") for line in lines), default=0) * len(lines)


@cache
def _parser(tables: bool, highlighting: bool) -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": NESTING_MOST}
    parser = MarkdownIt("commonmark", options).enable(["linkify", "strikethrough"])
    parser.options["highlight"] = _highlight if highlighting else None
    if tables:
        parser.enable("table")
    _link_full_addresses_only(parser)
    parser.core.ruler.push("mentions", _find_mentions)
    parser.core.ruler.push("alignment", _align_by_class)
    # A picture in a message would tell its server who reads it, and when.
    return parser.disable("image")


def _link_full_addresses_only(parser: MarkdownIt) -> None:
    """`https://…` and `mailto:…` become links. Looking for others takes seconds in a hostile text, and finds README.md.

    The rule that looks for them once more while it parses is left out for the same reason.
    """
    parser.inline.ruler.disable("linkify")
    assert parser.linkify is not None
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//"):
        parser.linkify.add(scheme, None)


def _find_mentions(state: StateCore) -> None:
    """Cut the texts outside of code and links at their `@name`s, and mark these."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "@" in block.content:
            links, children = 0, list[Token]()
            for token in block.children:
                links += token.nesting if token.type in ("link_open", "link_close") else 0
                children += _cut(token, state) if token.type == "text" and not links else [token]
            block.children = children


def _align_by_class(state: StateCore) -> None:
    """A column's `---:` as a class: the page's policy allows no style in its HTML. Left is where text begins anyway."""
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            side = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            if side in ("center", "right"):
                token.attrSet("class", f"cell-{side}")


def _cut(token: Token, state: StateCore) -> list[Token]:
    """The text as it is between its mentions, which become marks; their names go into the parser's environment."""
    pieces = _mention.split(token.content)
    cut = []
    for index, piece in enumerate(pieces):
        if index % 2:
            state.env["names"].add(piece)
        kind, content = ("html_inline", _mark(piece)) if index % 2 else ("text", piece)
        cut.append(Token(kind, "", 0, content=content, level=token.level))
    return cut


def _mark(name: str) -> str:
    """As nh3 writes it. A name has no character that HTML would escape."""
    return f'<span class="mention">@{name}</span>'


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Spans with classes for a known language, an empty answer (shown plain) otherwise."""
    lexer = _lexer(language.lower()) if language and not _long_blank.search(code) else None
    return highlight(code, lexer, HtmlFormatter(nowrap=True, classprefix="hl-")) if lexer else ""


def _lexer(language: str) -> Lexer | None:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    return lexer if lexer.aliases[0] in LANGUAGES else None
