"""GitHub accounts as the chat shows them: who `login` is, asked of GitHub or remembered for a moment."""

import re
from datetime import datetime
from typing import Annotated

import msgspec

from chat.errors import ChatError, Invalid, NotFound
from chat.github import resources
from chat.github.resources import Sourced
from chat.payloads import timestamp

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
    following: Count = 0
    bio: str | None = None
    company: str | None = None
    location: str | None = None
    created_at: datetime | None = None


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
    check_login(login)
    found = await resources.find(path_of(login), Account, feature="users")
    user = in_our_form(found.value) if found.value else None
    return Sourced(user, found.source, found.age)


def check_login(login: str) -> None:
    """Raise Invalid for a name that GitHub never gave."""
    if len(login) > MOST_LOGIN_CHARS or not LOGIN.fullmatch(login):
        raise Invalid(
            "A GitHub login has letters, digits and single hyphens, at most 39 characters.", field="login"
        )


def path_of(login: str) -> str:
    """Where GitHub has the account."""
    return f"/users/{login.lower()}"


def told_at(moment: datetime | None) -> str | None:
    """The time in the API's form, for what may have none."""
    return timestamp(moment) if moment else None


def unknown(login: str) -> NotFound:
    """The error for a name that GitHub does not know."""
    return NotFound(f"GitHub has no user {login}.", field="login")


def in_our_form(account: Account) -> GitHubUser:
    """The account as users and the stream show it."""
    return GitHubUser(
        username=account.login,
        name=account.name,
        followers=account.followers,
        public_repos=account.public_repos,
        avatar_url=account.avatar_url,
        html_url=account.html_url,
    )
