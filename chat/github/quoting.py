"""What others wrote, inside a line of our own Markdown: shown as it is, neither calling anybody nor breaking out."""

import re

from chat.github.addresses import Address

# Long enough for nearly every title; a line of the chat is read at a glance.
QUOTED_CHARS = 120

# Whatever begins or ends something in the Markdown of chat/markdown.py, and the bars of a table.
_active = re.compile(r"([\\`*_\[\]<>~&!|])")
# What begins a list or a heading where a line begins with it.
_leading = re.compile(r"^(\d*)([-+=#.)])")


def quoted(text: str, most: int = QUOTED_CHARS) -> str:
    """One line that Markdown leaves alone, of at most so many characters; an @ in it is nobody's mention.

    What stands in front of `://` and behind it is no address any more: only our own links lead somewhere.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(line) > most:
        line = f"{line[: most - 1]}…"
    line = _leading.sub(r"\1\\\2", _active.sub(r"\\\1", line))
    return line.replace("@", "@\u200b").replace("://", ":\u200b//")


def linked(text: str, url: str, most: int = QUOTED_CHARS, *, title: str = "") -> str:
    """The words as a link; alone where the address is none that a link could have. A title is our own words."""
    if not _address.fullmatch(url):
        return quoted(text, most)
    return f'[{quoted(text, most)}]({url} "{title}")' if title else f"[{quoted(text, most)}]({url})"


def repository_link(repository: str) -> str:
    """`owner/name` as a link that gets no card: who reads what a room hears of knows the repository already."""
    owner, _, name = repository.partition("/")
    return linked(repository, Address("repository", owner, name).url, title="on GitHub")


_address = re.compile(r"https?://[^\s()<>\[\]\\]+")
