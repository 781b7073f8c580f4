"""Everything this GitHub holds and who may see it: accounts, repositories, tokens."""

from typing import Any

from tests.fakes.github.world.people import PEOPLE
from tests.fakes.github.world.recorded import recorded
from tests.fakes.github.world.repository import Listener, Repository


class World:
    """It begins with PEOPLE and `octocat/Hello-World`; a test adds to it and moves it, while others ask.

    A token that nobody added sees what is public, as do those who come without one.
    """

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = dict(PEOPLE)
        self.repositories: dict[str, Repository] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.revoked: set[str] = set()
        # Told of every move in any repository.
        self.listeners: list[Listener] = []
        self._owners: dict[str, str] = {}
        self._sees: dict[str, frozenset[str]] = {}
        self._furnish()

    def _furnish(self) -> None:
        hello = self.add_repository("octocat/Hello-World", private=False)
        hello.add_issue(1, title="It does not say hello")
        hello.add_pull(2, title="Say hello")
        hello.add_commit("6dcb09b5b57875f334f61aebed695e2e4193db5e")
        hello.add_release("v1.0.0")
        hello.add_file("README.md", "# Hello\n\nWorld!\n")

    def add_person(self, login: str, **own: Any) -> dict[str, Any]:
        """An account with octocat's figures and these fields of its own."""
        self.people[login.lower()] = {**PEOPLE["octocat"], "login": login, **own}
        return self.people[login.lower()]

    def add_repository(self, full_name: str, private: bool = False, **own: Any) -> Repository:
        """An empty repository; a private one is seen by tokens that `add_token` lets see it."""
        repository = self.repositories[full_name.lower()] = Repository(full_name, private, **own)
        repository.listeners = self.listeners
        return repository

    def repository(self, full_name: str) -> Repository:
        """The one of that name; KeyError when there is none."""
        return self.repositories[full_name.lower()]

    def add_event(self, login: str, kind: str, at: str, repository: str, **payload: Any) -> dict[str, Any]:
        """The newest thing that an account did; who has done none has the recorded ones."""
        event: dict[str, Any] = recorded("events", repository)[0]
        event |= {"type": f"{kind}Event", "created_at": at, "payload": payload}
        held = self.repositories.get(repository.lower())
        event["public"] = held is None or not held.private
        event["repo"]["name"] = repository
        event["actor"]["login"] = login
        self.events[login.lower()] = [event, *self.events.get(login.lower(), [])]
        return event

    def add_token(self, token: str, login: str, sees: tuple[str, ...] | list[str] = ()) -> None:
        """A token of that account, which sees these private repositories besides everything public."""
        self._owners[token] = login.lower()
        self._sees[token] = frozenset(name.lower() for name in sees)

    def revoke(self, token: str) -> None:
        """From now on this token is refused."""
        self.revoked.add(token)

    def owner_of(self, token: str) -> dict[str, Any] | None:
        """The account behind a token, in the form in which GitHub tells it to itself."""
        login = self._owners.get(token)
        return None if login is None else {**recorded("own-user"), **self.people[login]}

    def seen(self, full_name: str, token: str) -> Repository | None:
        """The repository, unless there is none or this token may not know that there is."""
        repository = self.repositories.get(full_name.lower())
        if repository is None or not repository.private:
            return repository
        return repository if full_name.lower() in self._sees.get(token, ()) else None
