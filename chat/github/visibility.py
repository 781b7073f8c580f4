"""Whether everybody may see what GitHub tells of, and who is shown what not everybody may."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec


class Told(Protocol):
    """Something of which GitHub says whether everybody may see it."""

    @property
    def public(self) -> bool: ...


AnyTold = TypeVar("AnyTold", bound=Told)


class Visible(msgspec.Struct, frozen=True):
    """Whether everybody may see a repository. "internal" ones of Enterprise are private, too."""

    private: bool
    visibility: str = "public"

    @property
    def public(self) -> bool:
        return not self.private and self.visibility == "public"


def may_be_shown(told: Told, token: str | None) -> bool:
    """Whether whoever asked may see it. `token` is their own; without one the server's saw it, which may see more."""
    return told.public or bool(token)


def shown_among(all_told: Iterable[AnyTold], token: str | None) -> list[AnyTold]:
    """Those of them that whoever asked may see."""
    return [told for told in all_told if may_be_shown(told, token)]
