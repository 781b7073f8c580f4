"""GitHub accounts as the chat shows them: who `login` is, asked of GitHub or remembered for a moment."""

import re
from typing import Annotated

import msgspec

from chat.errors import ChatError, Invalid, NotFound
from chat.github import resources
from chat.github.resources import Sourced

# GitHub's own rule: letters and digits, single hyphens between them, at most 39 in all.
LOGIN = re.compile(r"[a-z0-9](?:-?[a-z0-9]){0,38}", re.IGNORECASE | re.ASCII)
MOST_LOGIN_CHARS = 39

Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^https?://")]


class Account(msgspec.Struct, frozen=True):
    """What we need of GitHub's own form; everything else in it is passed over."""

    login: str
    name: str | None
    followers: Count
    public_repos: Count
    avatar_url: WebAddress
    html_url: WebAddress


class GitHubUser(msgspec.Struct, frozen=True):
    """An account in our form."""

    username: str
    name: str | None
    followers: int
    public_repos: int
    avatar_url: str
    html_url: str


class Failure(msgspec.Struct, frozen=True):
    """Why there is nothing for one of the names."""

    username: str
    status: int
    code: str
    detail: str

    @classmethod
    def of(cls, login: str, error: ChatError) -> "Failure":
        return cls(login, error.status, error.code, error.detail)


async def find_user(login: str) -> GitHubUser:
    """The account of that login; raises Invalid before any call, NotFound, and what resources.fetch raises."""
    user = (await look_up(login)).value
    if user is None:
        raise unknown(login)
    return user


async def look_up(login: str) -> Sourced[GitHubUser | None]:
    """The account, or None for a name that GitHub does not know, and where that came from; raises the same."""
    if len(login) > MOST_LOGIN_CHARS or not LOGIN.fullmatch(login):
        raise Invalid(
            "A GitHub login has letters, digits and single hyphens, at most 39 characters.", field="login"
        )
    found = await resources.find(f"/users/{login.lower()}", Account, feature="users")
    return Sourced(_as_user(found.value), found.source, found.age)


def unknown(login: str) -> NotFound:
    """The error for a name that GitHub does not know."""
    return NotFound(f"GitHub has no user {login}.", field="login")


def _as_user(account: Account | None) -> GitHubUser | None:
    if account is None:
        return None
    return GitHubUser(
        username=account.login,
        name=account.name,
        followers=account.followers,
        public_repos=account.public_repos,
        avatar_url=account.avatar_url,
        html_url=account.html_url,
    )
