"""`/github`: which words stand behind it, and what to type for each."""

from collections.abc import Callable
from typing import NamedTuple

from chat import slash
from chat.github.quoting import quoted
from chat.github.words import deciding, lookups
from chat.models import User
from chat.slash import Later


class Word(NamedTuple):
    """`usage` is what to type behind `/github`, `help` what it does."""

    usage: str
    help: str
    function: Callable[[User, str, str], str | Later]


_words = {
    "user": Word("user login", "shows an account", lookups.show_user),
    "repo": Word("repo owner/name", "shows a repository", lookups.show_repository),
    "issue": Word("issue owner/name#12", "shows an issue or pull request", lookups.show_issue),
    "compare": Word("compare name name…", "shows accounts or repositories side by side", lookups.compare),
    "subscribe": Word(
        "subscribe owner/name [pulls issues releases pushes reviews] [label:… branch:…]",
        "has this room told what happens there; without topics: pulls, issues and releases",
        deciding.subscribe,
    ),
    "list": Word("list", "shows what this room is told", deciding.list_subscriptions),
    "unsubscribe": Word(
        "unsubscribe owner/name [topics]", "ends that, or a part of it", deciding.unsubscribe
    ),
    "mute": Word("mute bots", "keeps what bots do from this room", deciding.mute),
    "unmute": Word("unmute bots", "tells it again", deciding.unmute),
    "default": Word(
        "default owner/name",
        "makes `#12` in this room one of that repository's; `none` ends it",
        deciding.choose_default,
    ),
}


@slash.word(
    "github",
    "/github help",
    "shows GitHub accounts, repositories and issues, and subscribes rooms to them",
    then=[slash.Usage(name, f"/github {word.usage}", word.help) for name, word in _words.items()],
)
def github(user: User, room: str, words: str) -> str | Later:
    """An unknown word is answered with the help."""
    name, _, rest = words.partition(" ")
    found = _words.get(name.casefold())
    if found is not None:
        return found.function(user, room, rest.strip())
    return _help() if name.casefold() in ("", "help") else f"There is no /github {quoted(name)}.\n\n{_help()}"


def _help() -> str:
    return "\n".join(f"- `/github {word.usage}` {word.help}" for word in _words.values())
