"""Which path stands for what of the world."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.fakes.github.world.recorded import recorded
from tests.fakes.github.world.repository import Repository
from tests.fakes.github.world.world import World

Query = Mapping[str, str]
MOST_A_PAGE = 100


def resource_at(world: World, path: str, query: Query, token: str) -> Any:
    """The body of the answer, or None for what is not there or not seen by this token."""
    for pattern, find in _OF_REPOSITORIES:
        if found := pattern.fullmatch(path):
            owner, name, *rest = map(unquote, found.groups())
            repository = world.seen(f"{owner}/{name}", token)
            return None if repository is None else find(repository, query, *rest)
    return _of_people(world, path, query, token)


def _of_people(world: World, path: str, query: Query, token: str) -> Any:
    if path == "/user":
        return world.owner_of(token)
    found = re.fullmatch(r"/users/([^/]+)(?:/(repos|events(?:/public)?))?", path)
    login = found[1].lower() if found else ""
    if found is None or login not in world.people:
        return None
    if found[2] is None:
        return world.people[login]
    if found[2] == "repos":
        return _page(_repositories_of(world, login, token), query)
    done = world.events.get(login) or recorded("events", f"{world.people[login]['login']}/Hello-World")
    return _page(done, query)


def _repositories_of(world: World, login: str, token: str) -> list[Any]:
    own = [name for name in world.repositories if name.startswith(f"{login}/")]
    return [seen.body for name in own if (seen := world.seen(name, token)) is not None]


def _page(items: list[Any], query: Query) -> list[Any]:
    size = min(int(query.get("per_page", 30)), MOST_A_PAGE)
    start = (int(query.get("page", 1)) - 1) * size
    return items[start : start + size]


def _issues(repository: Repository, query: Query) -> list[Any]:
    return _page(_in_state(repository.issues, query), query)


def _pulls(repository: Repository, query: Query) -> list[Any]:
    return _page(_in_state(repository.pulls, query), query)


def _in_state(items: dict[int, Any], query: Query) -> list[Any]:
    state = query.get("state", "open")
    return [each for _, each in sorted(items.items(), reverse=True) if state in ("all", each["state"])]


def _commit(repository: Repository, query: Query, ref: str) -> Any:
    """By its number, whole or its first seven letters and more."""
    if len(ref) < 7:
        return None
    return next((each for sha, each in repository.commits.items() if sha.startswith(ref.lower())), None)


def _checks(repository: Repository, query: Query, ref: str) -> Any:
    commit = _commit(repository, query, ref)
    if commit is None:
        return None
    runs = repository.checks.get(commit["sha"], [])
    return {"total_count": len(runs), "check_runs": _page(runs, query)}


def _status(repository: Repository, query: Query, ref: str) -> Any:
    commit = _commit(repository, query, ref)
    return commit and {**recorded("status", repository.full_name), "sha": commit["sha"]}


def _release(repository: Repository, query: Query, tag: str) -> Any:
    return next((each for each in repository.releases if each["tag_name"] == tag), None)


def _latest(repository: Repository, query: Query) -> Any:
    return next((each for each in repository.releases if not each["draft"] and not each["prerelease"]), None)


def _file(repository: Repository, query: Query, path: str) -> Any:
    return repository.files.get((path, query.get("ref") or repository.branch))


_NUMBER = r"(\d+)"
_REF = r"([^/]+)"
_PATHS: dict[str, Callable[..., Any]] = {
    "": lambda repository, query: repository.body,
    "/issues": _issues,
    f"/issues/{_NUMBER}": lambda repository, query, number: repository.issues.get(int(number)),
    "/pulls": _pulls,
    f"/pulls/{_NUMBER}": lambda repository, query, number: repository.pulls.get(int(number)),
    f"/pulls/{_NUMBER}/reviews": lambda repository, query, number: repository.reviews.get(int(number)),
    "/commits": lambda repository, query: _page(list(repository.commits.values())[::-1], query),
    f"/commits/{_REF}": _commit,
    f"/commits/{_REF}/check-runs": _checks,
    f"/commits/{_REF}/status": _status,
    "/releases": lambda repository, query: _page(repository.releases, query),
    "/releases/latest": _latest,
    "/releases/tags/(.+)": _release,
    "/contributors": lambda repository, query: _page(repository.contributors, query),
    "/languages": lambda repository, query: repository.languages,
    "/contents/(.+)": _file,
}
_OF_REPOSITORIES = [
    (re.compile(rf"/repos/([^/]+)/([^/]+){rest}", re.IGNORECASE), find) for rest, find in _PATHS.items()
]
