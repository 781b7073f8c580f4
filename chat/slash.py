"""The words that people may type behind a slash. Other apps add theirs in AppConfig.ready(); none is known here."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from chat.errors import Invalid


class Say(NamedTuple):
    """An answer that is posted to the room, as a message of whoever typed the word."""

    text: str


class Later(NamedTuple):
    """An answer that has to be waited for, such as another server's: `work` gives it, on the event loop.

    It is begun when the word's function has returned, and goes to the database through chat.database alone.
    """

    work: Callable[[], Awaitable[str | Say]]


# Given the user, the room's slug and what stands behind the word; returns Markdown for that user alone, or Say.
# It runs in the writer thread, and calls actions. Whatever waits for more than the database is returned as Later.
Function = Callable[[Any, str, str], str | Say | Later]


class Usage(NamedTuple):
    """`usage` is what to type, `help` one line that says what it does."""

    name: str
    usage: str
    help: str


class Word(NamedTuple):
    """`then` are the words that may stand behind it, where it has a few of its own."""

    name: str
    usage: str
    help: str
    function: Function
    then: Sequence[Usage] = ()


_words: dict[str, Word] = {}


def word(name: str, usage: str, help: str, then: Sequence[Usage] = ()) -> Callable[[Function], Function]:
    """Register a function as what `/name` does."""

    def register(function: Function) -> Function:
        _words[name] = Word(name, usage, help, function, then)
        return function

    return register


def listed() -> list[Word]:
    """All words, by name."""
    return [_words[name] for name in sorted(_words)]


def parse(text: str) -> tuple[Word, str] | Say:
    """The word of `/word …` and what stands behind it; a text that begins with two slashes is meant as a message.

    Raises Invalid for what is neither.
    """
    if text.startswith("//"):
        return Say(text[1:])
    name, _, rest = text.removeprefix("/").partition(" ")
    found = _words.get(name.strip().casefold()) if text.startswith("/") else None
    if found is None:
        raise Invalid("There is no such command; /help lists them.", field="text")
    return found, rest.strip()
