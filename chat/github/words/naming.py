"""How people name things behind /github: accounts, repositories, issues, and what a subscription lets in."""

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from chat.errors import Invalid
from chat.github.addresses import NUMBER_DIGITS, Address, numbered, of_url
from chat.github.gathered.people import LOGIN, MOST_LOGIN_CHARS
from chat.github.models import Subscription

# More of them is no filter any more; together with their length this bounds what one row holds.
PATTERNS_MOST = 10
PATTERN_CHARS = 100
# What people most want to hear, where they say nothing.
USUAL_TOPICS = ("pulls", "issues", "releases")

_issue = re.compile(
    rf"(?:(?P<repository>[^#\s]+)\s*[#\s]\s*|#?)(?P<number>[1-9][0-9]{{0,{NUMBER_DIGITS - 1}}})", re.ASCII
)
# Telephones write these by themselves.
_curly = str.maketrans("“”„«»", '"' * 5)


class Chosen(NamedTuple):
    """What stands behind the repository; nothing said is nothing in it."""

    topics: list[str]
    labels: list[str]
    branches: list[str]


def login_in(text: str) -> str:
    """The login of an account, by itself, behind an @, or as its address; raises Invalid."""
    address = of_url(text)
    login = address.owner if address else text.removeprefix("@")
    if not login:
        raise Invalid("Name an account by its login, such as octocat.", field="text")
    if len(login) > MOST_LOGIN_CHARS or not LOGIN.fullmatch(login):
        raise Invalid("A GitHub login has letters, digits and single hyphens.", field="text")
    return login


def repository_in(text: str) -> Address:
    """`owner/name`, or an address of GitHub's site in it; raises Invalid."""
    named = of_url(text) or numbered(text.removesuffix(".git"), "1")
    if named is None or not named.name:
        raise Invalid("Name a repository as owner/name.", field="text")
    return Address("repository", named.owner, named.name)


def issue_in(text: str, default_repository: str | None) -> Address:
    """`owner/name#12`, its address, or `#12` where the room has a repository of its own; raises Invalid."""
    address = of_url(text)
    if address is None and (found := _issue.fullmatch(text)):
        repository = found["repository"] or default_repository
        if not repository:
            raise Invalid("This room has no repository of its own: say owner/name#12.", field="text")
        address = numbered(repository, found["number"])
    if address is None or address.kind not in ("issue", "pull"):
        raise Invalid("Name an issue or pull request as owner/name#12.", field="text")
    return address


def split(text: str) -> list[str]:
    """The words, of which those in quotation marks may have blanks in them; raises Invalid."""
    reader = shlex.shlex(text.translate(_curly), posix=True)
    reader.whitespace_split, reader.commenters, reader.escape, reader.quotes = True, "", "", '"'
    try:
        return list(reader)
    except ValueError:
        raise Invalid("A quotation mark is left open.", field="text") from None


def chosen_in(words: Sequence[str]) -> Chosen:
    """Topics, `label:…` and `branch:…`, each once, in any order; raises Invalid for anything else."""
    chosen = Chosen([], [], [])
    for word in words:
        name, colon, pattern = word.partition(":")
        if colon and name.casefold() == "label":
            # Labels are the same to GitHub in any case; branches are not.
            _add(chosen.labels, pattern.strip().casefold())
        elif colon and name.casefold() == "branch":
            _add(chosen.branches, pattern.strip())
        elif word.casefold() in Subscription.TOPICS:
            chosen.topics.append(word.casefold())
        else:
            topics = ", ".join(Subscription.TOPICS)
            raise Invalid(f"Behind the repository stand {topics}, label:… and branch:….", field="text")
    return chosen


def _add(patterns: list[str], pattern: str) -> None:
    if not 1 <= len(pattern) <= PATTERN_CHARS or not pattern.isprintable():
        raise Invalid(f"A label or branch has 1 to {PATTERN_CHARS} characters here.", field="text")
    if pattern not in patterns:
        patterns.append(pattern)
    if len(patterns) > PATTERNS_MOST:
        raise Invalid(f"At most {PATTERNS_MOST} labels and {PATTERNS_MOST} branches.", field="text")
