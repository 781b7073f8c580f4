"""Cards: one for each GitHub object that messages show, with what everybody may see of it.

What only some people may see is never in this table: it is asked for with their own tokens, and kept in memory.
"""

from typing import Any, ClassVar

import msgspec
from django.db import models

from chat.github.addresses import NAME_CHARS, OWNER_CHARS, REF_CHARS, Address
from chat.payloads import timestamp
from chat.protocol.objects import CardObject

KIND_CHARS = 10
# `github/`, the kind, and the three parts with their slashes.
KEY_CHARS = len("github/") + KIND_CHARS + OWNER_CHARS + NAME_CHARS + REF_CHARS + 3


class Card(models.Model):
    """`body` is there exactly while the object is `public`; it holds the fields of CardObject that GitHub says.

    `version` goes up with everything that readers are told, and is a time in milliseconds, so that bodies which are
    not from this table can have one, too. `checked_at` is when GitHub was last asked, `as_of` when it last answered.
    """

    key = models.CharField(max_length=KEY_CHARS, unique=True)
    kind = models.CharField(max_length=KIND_CHARS)
    owner = models.CharField(max_length=OWNER_CHARS)
    name = models.CharField(max_length=NAME_CHARS, blank=True)
    ref = models.CharField(max_length=REF_CHARS, blank=True)
    # In lower case, as whether it is public concerns all cards of a repository.
    repository = models.CharField(max_length=OWNER_CHARS + 1 + NAME_CHARS, blank=True, db_index=True)
    version = models.PositiveBigIntegerField(default=0, db_index=True)
    public = models.BooleanField(default=False)
    body = models.JSONField(null=True, blank=True)
    as_of = models.DateTimeField(null=True, blank=True)
    stale = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    # How often in a row GitHub gave no answer.
    failures = models.PositiveSmallIntegerField(default=0)
    # From when on GitHub is to be asked out of turn; null when nobody wants it.
    wanted_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # Somebody looks at a room that shows it, at least until then.
    watched_until = models.DateTimeField(null=True, blank=True, db_index=True)
    # When a message was last given it: one that is shown nowhere goes some time later.
    given_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Card"]] = models.Manager()

    def __str__(self) -> str:
        return self.key

    @property
    def address(self) -> Address:
        return Address(self.kind, self.owner, self.name, self.ref)  # type: ignore[arg-type]

    @property
    def hidden(self) -> bool:
        """Whether GitHub does not show it to everybody, as far as it was asked."""
        return self.checked_at is not None and not self.public

    def as_object(self) -> CardObject:
        """What everybody gets of it; withdrawn while there is nothing."""
        if self.body is None:
            return CardObject(id=self.pk, version=self.version, url=self.address.url, withdrawn=True)
        return as_object(self, self.body, timestamp(self.as_of) if self.as_of else "", stale=self.stale)


def as_object(
    card: Card,
    body: dict[str, Any],
    as_of: str,
    *,
    stale: bool = False,
    private: bool = False,
    version: int = 0,
) -> CardObject:
    """A body as it is shown on a card; `version` where it is not the card's own."""
    own = {"id": card.pk, "version": version or card.version, "url": card.address.url}
    return msgspec.convert({**body, **own, "as_of": as_of, "stale": stale, "private": private}, CardObject)
