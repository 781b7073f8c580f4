"""Text to safe HTML: markdown-it without raw HTML, then nh3 as the second wall.

Rendered once, when a message is written. Nothing that people type is ever trusted as HTML.
"""

import nh3
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Highlighting is linear in the text but slow; longer code is shown plain.
HIGHLIGHTED_CHARS = 5_000
# A line of brackets must not nest the parser deep; CommonMark text by people stays below this.
NESTING_MOST = 20

_TAGS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


def render(text: str) -> str:
    """The message as HTML for `innerHTML`: a small Markdown, links opened apart, nothing active."""
    return nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Spans with classes for a known language, an empty answer (shown plain) otherwise."""
    if not language or len(code) > HIGHLIGHTED_CHARS:
        return ""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True, classprefix="hl-"))


_markdown = MarkdownIt(
    "commonmark",
    {
        "html": False,
        "linkify": True,
        "breaks": True,
        "highlight": _highlight,
        "maxNesting": NESTING_MOST,
    },
).enable(["linkify", "strikethrough", "table"])
# A picture in a message would tell its server who reads it, and when.
_markdown.disable("image")
