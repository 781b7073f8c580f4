"""Addresses of GitHub objects in messages: which ones a text names, and each one's one name here.

It asks nobody: whether there is such an object is for GitHub to say (cards/).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

from chat.markdown import render

Kind = Literal["user", "repository", "issue", "pull", "commit", "release", "code"]

# A text that names more objects than this is a list: none of them gets a card, its links say enough. Two or three
# are what people compare; five cards still leave room for the conversation.
OBJECTS_MOST = 5
# GitHub's own bounds for the names of accounts and repositories.
OWNER_CHARS, NAME_CHARS = 39, 100
# Far above what tags, branches and paths have; a longer address stays a link.
REF_CHARS = 255
# No repository has a billion issues.
NUMBER_DIGITS = 9
# GitHub's website; its API has a host of its own.
PUBLIC_API, PUBLIC_SITE = "https://api.github.com", "https://github.com"

_owner = re.compile(r"[a-z0-9](?:-?[a-z0-9])*", re.IGNORECASE | re.ASCII)
_name = re.compile(r"[\w.-]+", re.ASCII)
_number = re.compile(rf"[1-9]\d{{0,{NUMBER_DIGITS - 1}}}", re.ASCII)
_sha = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE | re.ASCII)
_lines = re.compile(r"L([1-9]\d{0,6})(?:C\d{1,6})?(?:-L?([1-9]\d{0,6})(?:C\d{1,6})?)?", re.ASCII)
# Pages of the site that stand where an account's would.
_NOT_OWNERS = frozenset(
    (
        *(
            "about",
            "apps",
            "codespaces",
            "collections",
            "contact",
            "customer-stories",
            "dashboard",
            "enterprise",
        ),
        *(
            "events",
            "explore",
            "features",
            "gist",
            "gists",
            "issues",
            "join",
            "login",
            "logout",
            "marketplace",
        ),
        *("mobile", "new", "notifications", "orgs", "organizations", "pricing", "pulls", "readme", "search"),
        *(
            "security",
            "sessions",
            "settings",
            "signup",
            "site",
            "sponsors",
            "stars",
            "team",
            "teams",
            "topics",
        ),
        *("trending", "users", "watching"),
    )
)
# A piece of the HTML that chat/markdown.py writes: a tag, or the text up to the next one.
_piece = re.compile(r'<(/?)([a-z0-9]+)((?:[^<>"]++|"[^"]*+")*+)>|([^<]++)|<')
_href = re.compile(r'\bhref="([^"]*+)"')
# An attribute of its own, as no blank stands in an address: a link that says itself what it leads to stays a link.
_title = re.compile(r'\stitle="')
# `#12`, with or without `owner/name` before it, not in the middle of a word, a path or an entity.
_short = re.compile(rf"#([1-9]\d{{0,{NUMBER_DIGITS - 1}}})(?![\w/-])", re.ASCII)
# What stands before the `#`, read backwards.
_repository_backwards = re.compile(
    rf"([\w.-]{{1,{NAME_CHARS}}})/([a-z0-9-]{{1,{OWNER_CHARS}}})(?![\w./@#-])", re.IGNORECASE | re.ASCII
)
_inside = re.compile(r"[\w/#&.@-]")


class Address(NamedTuple):
    """One GitHub object. `ref` is its number, hash, tag, or `branch/path#L1-L9` for code; `owner` alone for a user."""

    kind: Kind
    owner: str
    name: str = ""
    ref: str = ""

    @property
    def key(self) -> str:
        """One for each object: GitHub takes names in any case, and numbers pull requests among the issues."""
        kind = "pull" if self.kind == "issue" else self.kind
        ref = self.ref.lower() if self.kind == "commit" else self.ref
        return "/".join(part for part in ("github", kind, self.owner.lower(), self.name.lower(), ref) if part)

    @property
    def url(self) -> str:
        """Where people find it."""
        ref, _, lines = self.ref.partition("#") if self.kind == "code" else (self.ref, "", "")
        parts = [self.owner, self.name, _PLACES[self.kind], quote(ref, safe="/")]
        address = f"{site()}/{'/'.join(part for part in parts if part)}"
        return f"{address}#{lines}" if lines else address

    @property
    def repository(self) -> str:
        """`owner/name`, empty for a user."""
        return f"{self.owner}/{self.name}" if self.name else ""


_PLACES: dict[Kind, str] = {
    "user": "",
    "repository": "",
    "issue": "issues",
    "pull": "pull",
    "commit": "commit",
    "release": "releases/tag",
    "code": "blob",
}


def find(text: str, default_repository: str = "", *, html: str | None = None) -> list[Address]:
    """The objects that a message names outside of code, each once, in order; none of them when there are too many.

    `default_repository` (`owner/name`) is what `#12` belongs to. `html`: the text as chat.markdown renders it,
    where that is at hand already. Takes time by the length of the text, whatever is in it.
    """
    if not may_name(text):
        return []
    return settled(named(render(text).html if html is None else html), default_repository)


def named(html: str) -> list[Address]:
    """The same for a text as HTML, with an Address of no repository for each `#12`: `settled` gives it one."""
    found: dict[str, Address] = {}
    for address in _named(html):
        found.setdefault(address.key, address)
        # Each object may stand there twice: with its repository, and without.
        if len(found) > 2 * OBJECTS_MOST:
            return []
    return list(found.values())


def settled(found: Iterable[Address], default_repository: str) -> list[Address]:
    """What `named` found, where `#12` belongs to this repository; nothing when it is too much."""
    objects: dict[str, Address] = {}
    for address in found:
        at_home = numbered(default_repository, address.ref) if not address.owner else address
        if at_home is not None:
            objects.setdefault(at_home.key, at_home)
    return list(objects.values()) if len(objects) <= OBJECTS_MOST else []


def may_name(text: str) -> bool:
    """Whether it is worth a closer look: most messages are not, and this is all they cost."""
    return "#" in text or ("://" in text and site().partition("://")[2] in text)


def of_url(url: str) -> Address | None:
    """The object at an address of GitHub's site, None for any other address."""
    try:
        parts = urlsplit(url)
        place = (parts.scheme, parts.netloc.lower().removeprefix("www."))
    except ValueError:
        return None
    here = urlsplit(site())
    if place not in ((here.scheme, here.netloc), ("http", here.netloc)):
        return None
    path = [unquote(part) for part in parts.path.split("/") if part]
    return _of_path(path, parts.fragment) if path and _is_storable(url, path) else None


def numbered(repository: str, number: str) -> Address | None:
    """The issue or pull request of that number in `owner/name`; which of both it is only GitHub knows."""
    owner, _, name = repository.partition("/")
    return Address("issue", owner, name, number) if _are_names(owner, name) else None


def site() -> str:
    """The address of the website that belongs to the API, without a slash at its end."""
    return _site(settings.GITHUB_API_URL)


@lru_cache(8)
def _site(api: str) -> str:
    """Enterprise Server has its API under its own address, at /api/v3."""
    api = api.rstrip("/").lower()
    return PUBLIC_SITE if api == PUBLIC_API else api.removesuffix("/api/v3")


def _named(html: str) -> Iterator[Address]:
    """What links without a title lead to and short forms stand for, outside of code."""
    code = links = 0
    for closing, tag, attributes, text in _piece.findall(html):
        step = -1 if closing else 1
        if tag in ("code", "pre"):
            code += step
        elif tag == "a":
            links += step
            href = None if code or _title.search(attributes) else _href.search(attributes)
            address = of_url(unescape(href[1])) if href else None
            if address is not None:
                yield address
        elif text and not code and not links:
            yield from _short_forms(unescape(text))


def _short_forms(text: str) -> Iterator[Address]:
    for found in _short.finditer(text):
        start = found.start()
        # Backwards, and no further than the longest name reaches: forwards each `#` would be looked for from afar.
        before = text[max(0, start - OWNER_CHARS - NAME_CHARS - 2) : start][::-1]
        names = _repository_backwards.match(before)
        if names is not None:
            address = numbered(f"{names[2][::-1]}/{names[1][::-1]}", found[1])
        else:
            address = None if _inside.match(before) else Address("issue", "", "", found[1])
        if address is not None:
            yield address


def _of_path(path: list[str], fragment: str) -> Address | None:
    owner, name = path[0], path[1].removesuffix(".git") if len(path) > 1 else ""
    if owner.lower() in _NOT_OWNERS or not _are_names(owner, name or "-"):
        return None
    match path[1:]:
        case []:
            return Address("user", owner)
        case [_]:
            return Address("repository", owner, name)
        case [_, "issues" | "pull" as place, number, *_] if _number.fullmatch(number):
            return Address("issue" if place == "issues" else "pull", owner, name, number)
        case [_, "commit", sha, *_] if _sha.fullmatch(sha):
            return Address("commit", owner, name, sha.lower())
        case [_, "releases", "tag", *tag] if tag:
            return Address("release", owner, name, "/".join(tag))
        case [_, "blob", _, _, *_] if lines := _lines.fullmatch(fragment):
            span = f"L{lines[1]}-L{lines[2]}" if lines[2] else f"L{lines[1]}"
            return Address("code", owner, name, f"{'/'.join(path[3:])}#{span}")
    return None


def _are_names(owner: str, name: str) -> bool:
    return (
        len(owner) <= OWNER_CHARS
        and len(name) <= NAME_CHARS
        and name not in (".", "..")
        and _owner.fullmatch(owner) is not None
        and _name.fullmatch(name) is not None
    )


def _is_storable(url: str, path: list[str]) -> bool:
    """Short enough, whole (no bytes that are no text), and without a way up."""
    whole = "/".join(path)
    return len(url) <= 3 * REF_CHARS and len(whole) <= REF_CHARS and whole.isprintable() and ".." not in path
