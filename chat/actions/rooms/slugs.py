"""The addresses of rooms: their one form, which are reserved, and how a new room gets one."""

import re
import secrets
import unicodedata

from chat.errors import Conflict, Invalid
from chat.models import Room
from chat.models.room import SLUG_CHARS

RESERVED_SLUGS = frozenset(
    ("admin", "api", "accounts", "chat", "hooks", "static", "media", "ws")
    + ("healthz", "readyz", "metrics", "new", "me")
)
# 64 bits: nobody finds a private room by trying.
RANDOM_SLUG_BYTES = 8

_slug = re.compile(r"[\w-]+")
_not_in_slug = re.compile(r"[^\w]+")


def normal_slug(text: str) -> str:
    """The form in which a slug is kept and looked up: NFKC, case-folded."""
    # Nearly all are ASCII, for which that is the same.
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def check_slug(slug: str) -> None:
    """Raise Invalid for a slug of a wrong form, Conflict for a reserved one."""
    if not _slug.fullmatch(slug) or len(slug) > SLUG_CHARS:
        raise Invalid(
            f"A room's address has letters, digits, - and _, at most {SLUG_CHARS} of them.", field="slug"
        )
    if slug in RESERVED_SLUGS:
        raise Conflict("This address is reserved.", field="slug")


def chosen_slug(name: str, kind: str, slug: str | None) -> str:
    """The slug of a new room: public and open rooms may choose; what must not be guessed gets a random one."""
    if kind in (Room.Kind.PRIVATE, Room.Kind.DIRECT):
        if slug is not None:
            raise Invalid("A private room gets its address from the server.", field="slug")
        return random_slug()
    wanted = normal_slug(slug) if slug is not None else _slug_of(name)
    check_slug(wanted)
    return wanted


def random_slug() -> str:
    """One that nobody guesses."""
    return secrets.token_hex(RANDOM_SLUG_BYTES)


def _slug_of(name: str) -> str:
    """The name's letters and digits; a name of none, such as a lone emoji, gives no better address than any."""
    return _not_in_slug.sub("-", normal_slug(name))[:SLUG_CHARS].strip("-") or random_slug()
