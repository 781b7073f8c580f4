"""What GitHub is asked for a card, and as whom: several calls side by side, of which only the first must succeed."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from chat.errors import ChatError, NotFound
from chat.github import resources
from chat.github.addresses import Address
from chat.github.cards import bodies, forms
from chat.github.cards.bodies import Body
from chat.github.resources import Sourced
from chat.github.visibility import Visible

Form = TypeVar("Form")

# Of a branch with slashes in its name: how many parts of an address may be it.
BRANCH_PARTS_MOST = 3


class Seen(NamedTuple):
    """An object as it is to a token: `public` when everybody sees it, `stale` when GitHub did not say so just now."""

    body: Body
    public: bool
    as_of: datetime
    stale: bool


def is_left(share: float) -> bool:
    """Whether more than this share of the installation's calls of the hour is left, as far as GitHub has told."""
    granted = resources.granted()
    return granted.limit is None or granted.remaining is None or granted.remaining > share * granted.limit


async def look_at(address: Address, token: str | None = None) -> Seen:
    """The object as this token sees it (None: the installation's own); raises what resources.fetch raises."""
    began, asker = timezone.now(), _Asker(settings.GITHUB_TOKEN if token is None else token)
    body, public = await getattr(asker, address.kind)(address)
    return Seen(body, public, began - timedelta(seconds=asker.age), asker.stale)


class _Asker:
    """One look at one object: notes how old the oldest answer is. A method for each kind of address."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.age = 0.0
        self.stale = False

    async def user(self, address: Address) -> tuple[Body, bool]:
        return bodies.of_user(await self._fetch(f"/users/{address.owner}", forms.Profile)), True

    async def repository(self, address: Address) -> tuple[Body, bool]:
        found = await self._fetch(_path(address), forms.Repository)
        return bodies.of_repository(found), found.public

    async def issue(self, address: Address) -> tuple[Body, bool]:
        """What is written like an issue may be a pull request: they share their numbers."""
        issue, public = await asyncio.gather(
            self._fetch(f"{_path(address)}/issues/{address.ref}", forms.Issue), self._is_public(address)
        )
        if issue.pull_request is not None:
            return await self.pull(address)
        return bodies.of_issue(address, issue), public

    async def pull(self, address: Address) -> tuple[Body, bool]:
        path = f"{_path(address)}/pulls/{address.ref}"
        try:
            pull, reviews = await asyncio.gather(
                self._fetch(path, forms.Pull), self._extra(f"{path}/reviews?per_page=100", list[forms.Review])
            )
        except NotFound:
            if address.kind == "issue":
                raise
            return await self.issue(address._replace(kind="issue"))
        checks = await self._extra(
            f"{_path(address)}/commits/{pull.head.sha}/check-runs?per_page=100", forms.CheckRuns
        )
        public = pull.base.repo.public if pull.base.repo else await self._is_public(address)
        return bodies.of_pull(address, pull, reviews or [], checks), public

    async def commit(self, address: Address) -> tuple[Body, bool]:
        found, public = await asyncio.gather(
            self._fetch(f"{_path(address)}/commits/{address.ref}", forms.Commit), self._is_public(address)
        )
        return bodies.of_commit(address, found), public

    async def release(self, address: Address) -> tuple[Body, bool]:
        tag = quote(address.ref, safe="")
        found, public = await asyncio.gather(
            self._fetch(f"{_path(address)}/releases/tags/{tag}", forms.Release), self._is_public(address)
        )
        if found.draft:
            # Only those who may write in the repository know of it.
            raise NotFound("GitHub does not know this.")
        return bodies.of_release(address, found), public

    async def code(self, address: Address) -> tuple[Body, bool]:
        public = await self._is_public(address)
        for ref, path in _branches(address.ref.rpartition("#")[0].split("/")):
            with contextlib.suppress(NotFound):
                where = f"{_path(address)}/contents/{quote(path)}?ref={quote(ref, safe='')}"
                return bodies.of_code(address, ref, await self._fetch(where, forms.File)), public
        raise NotFound("GitHub does not know this.")

    async def _is_public(self, address: Address) -> bool:
        """Without a token nothing else is seen, and the few calls of an hour are not spent on asking."""
        return not self._token or (await self._fetch(_path(address), Visible)).public

    async def _extra(self, path: str, form: type[Form]) -> Form | None:
        """What a card can do without; not asked for without a token, whose calls would be used up in no time."""
        if not self._token:
            return None
        with contextlib.suppress(ChatError):
            return await self._fetch(path, form)
        return None

    async def _fetch(self, path: str, form: type[Form]) -> Form:
        found: Sourced[Form] = await resources.fetch(
            path, form, token=self._token, feature="card", fresh=True
        )
        self.age = max(self.age, found.age)
        self.stale = self.stale or found.source == "stale"
        return found.value


def _path(address: Address) -> str:
    return f"/repos/{quote(address.owner)}/{quote(address.name)}"


def _branches(parts: Sequence[str]) -> list[tuple[str, str]]:
    """Branch and path: where one ends, only GitHub knows."""
    most = min(BRANCH_PARTS_MOST, len(parts) - 1)
    return [("/".join(parts[:count]), "/".join(parts[count:])) for count in range(1, most + 1)]
