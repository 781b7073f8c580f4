"""Pages of history as JSON, kept ready: whoever asks for the same page of an unchanged room gets the same bytes.

What a page shows follows from its room's number and from the names of its authors, so these are read in each request,
in the same thread: a page is never older than the right that its reader has just now. The bodies of its cards follow
from neither, and are not the same for every reader: they are never kept here.
"""

import threading
from collections import OrderedDict
from functools import cache
from typing import NamedTuple

import msgspec

from chat import links
from chat.history import pages
from chat.history.cards import card_ids
from chat.history.rooms import visible_room
from chat.history.statements import Statement, number
from chat.models import Installation, User
from chat.payloads import AuthorRow, user_object
from chat.protocol.objects import UserObject

# Some hundred pages of fifty messages.
KEPT_BYTES = 8 << 20
# Of more people than these a page is made anew each time: their names are asked for in one statement.
AUTHORS_MOST = 20

_encode = msgspec.json.Encoder().encode
# How a page ends whose cards have no bodies.
_NO_CARDS = b'"cards":[]}'

Key = tuple[int, int | None, int | None, int | None, int | None, int]


class Page(NamedTuple):
    """As it was when its room had this number, in this history."""

    epoch: str
    seq: int
    authors: frozenset[UserObject]
    # Without the bodies of these cards, which are its last field.
    body: bytes
    cards: list[int]

    def seen_by(self, user: User | None) -> bytes:
        """The whole page, with what this reader may see of its cards."""
        bodies = links.bodies(self.cards, user.pk if user else None) if self.cards else []
        return self.body[: -len(_NO_CARDS)] + _encode({"cards": bodies})[1:] if bodies else self.body


_kept: OrderedDict[Key, Page] = OrderedDict()
_lock = threading.Lock()


def page_as_json(
    user: User | None,
    slug: str,
    *,
    thread: int | None = None,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = pages.NEWEST_PAGE,
) -> bytes:
    """What `pages.page` says, encoded; raises what it raises."""
    room, epoch = visible_room(user, slug), _epoch()
    key = (room.pk, thread, before, after, around, limit)
    page = _kept.get(key)
    if page is not None and (page.epoch, page.seq) == (epoch, room.seq) and _are_as_shown(page.authors):
        return page.seen_by(user)
    bounds = {"thread": thread, "before": before, "after": after, "around": around}
    made = pages.page(user, slug, **bounds, limit=limit)
    authors = frozenset(message.author for message in made.messages)
    page = Page(epoch, made.seq, authors, _encode(made), card_ids(made.messages))
    # Rows that are newer than the number would outlive it; asked for last, it says that none are.
    if len(authors) <= AUTHORS_MOST and visible_room(user, slug).seq == made.seq:
        _keep(key, page)
    return page.seen_by(user)


def _keep(key: Key, page: Page) -> None:
    with _lock:
        _kept[key] = page
        _kept.move_to_end(key)
        size = sum(len(each.body) for each in _kept.values())
        while size > KEPT_BYTES:
            _, oldest = _kept.popitem(last=False)
            size -= len(oldest.body)


def _are_as_shown(authors: frozenset[UserObject]) -> bool:
    """Whether their names and kinds are still those that the page shows: these change without a number."""
    if not authors:
        return True
    ids = [author.id for author in authors]
    filled = [*ids, *ids[:1] * (AUTHORS_MOST - len(ids))]
    return {user_object(AuthorRow._make(row)) for row in _people().rows(*filled)} == authors


def _epoch() -> str:
    """A restored backup may have the same numbers and other messages."""
    return "".join(name for (name,) in _installation().rows())


@cache
def _people() -> Statement:
    ids = [number(place) for place in range(AUTHORS_MOST)]
    return Statement(User.objects.filter(pk__in=ids).values_list(*AuthorRow._fields))


@cache
def _installation() -> Statement:
    return Statement(Installation.objects.values_list("epoch")[:1])
