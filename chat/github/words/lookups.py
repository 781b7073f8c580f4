"""The words that ask GitHub and answer whoever asked: an account, a repository, an issue, several side by side."""

from urllib.parse import urlencode

from chat.errors import Invalid
from chat.github import page
from chat.github.addresses import Address, of_url
from chat.github.resources import Sourced
from chat.github.subscriptions import default_repository
from chat.github.words import asking, summaries
from chat.github.words.forms import Repository
from chat.github.words.naming import issue_in, login_in, repository_in
from chat.history import visible_room
from chat.models import User
from chat.slash import Later

# A table that fits on a telephone.
COMPARED_MOST = 8


def show_user(user: User, room: str, words: str) -> Later:
    login = login_in(words)

    async def answer() -> str:
        return summaries.of_profile(await asking.profile(login))

    return asking.later(user, answer)


def show_repository(user: User, room: str, words: str) -> Later:
    """Without a name it is the room's own."""
    address = repository_in(words or default_repository(visible_room(user, room).pk) or "")

    async def answer() -> str:
        return summaries.of_repository((await asking.repository(user, address)).repository)

    return asking.later(user, answer)


def show_issue(user: User, room: str, words: str) -> Later:
    address = issue_in(words, default_repository(visible_room(user, room).pk))

    async def answer() -> str:
        return summaries.of_issue(address.repository, await asking.issue(user, address))

    return asking.later(user, answer)


def compare(user: User, room: str, words: str) -> Later:
    """Accounts, or repositories: the first name decides."""
    names = list(dict.fromkeys(words.replace(",", " ").split()))
    if not 2 <= len(names) <= COMPARED_MOST:
        raise Invalid(f"Name 2 to {COMPARED_MOST} accounts, or as many repositories.", field="text")
    address = of_url(names[0])
    if address.name if address else "/" in names[0]:
        repositories = [repository_in(name) for name in names]
        return asking.later(user, lambda: _repositories(user, repositories))
    logins = [login_in(name) for name in names]
    return asking.later(user, lambda: _profiles(logins))


async def _profiles(logins: list[str]) -> str:
    found = await asking.side_by_side(asking.profile(login) for login in logins)
    query = urlencode([("login", login) for login in logins])
    return f"{summaries.of_profiles(logins, found)}\n\n[More, with plots](/{page.ADDRESS}?{query})"


async def _repositories(user: User, addresses: list[Address]) -> str:
    async def sight(address: Address) -> Sourced[Repository]:
        return (await asking.repository(user, address)).repository

    found = await asking.side_by_side(sight(address) for address in addresses)
    return summaries.of_repositories([address.repository for address in addresses], found)
