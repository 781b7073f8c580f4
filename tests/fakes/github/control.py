"""The door by which a test in another process moves this GitHub: POST /_fake/<what> with a JSON object, GET the record.

/_fake/world     {"do": "add_pull", "repository": "octocat/Hello-World", "with": {"number": 7, "state": "draft"}}
/_fake/world     {"do": "add_token", "with": {"token": "secret", "login": "octocat", "sees": ["octocat/private"]}}
/_fake/exhaust   {"reset_seconds": 30, "token": ""}
/_fake/refuse    {"times": 1, "status": 403, "retry_after": 5}
/_fake/trouble   {"path": "/users/octocat", "kind": "answers-500", "times": 2}
/_fake/delay     {"seconds": 0.3}
/_fake/hook      {"url": "http://127.0.0.1:8000/hooks/github", "secret": "secret", "of": "repository"}
GET /_fake/record, DELETE /_fake/record
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.github.answers import MISBEHAVING
from tests.fakes.github.messages import Answer, Request, json_answer

if TYPE_CHECKING:
    from tests.fakes.github.server import FakeGitHub

PREFIX = "/_fake/"
OF_THE_WORLD = ("add_person", "add_repository", "add_token", "revoke")
OF_A_REPOSITORY = (
    *("add_issue", "move_issue", "add_pull", "move_pull", "change_pull", "review"),
    *("add_commit", "check", "add_release", "add_file"),
)


def carried_out(github: "FakeGitHub", request: Request) -> Answer:
    """Do it, and say so; whatever is wrong with the order is 400 and a sentence."""
    what = request.path.removeprefix(PREFIX)
    try:
        if what == "record":
            return _record(github, request.method)
        _ORDERS[what](github, json.loads(request.body))
    except (KeyError, TypeError, ValueError) as error:
        return json_answer({"message": f"{type(error).__name__}: {error}"}, 400)
    return json_answer({"done": what})


def _record(github: "FakeGitHub", method: str) -> Answer:
    if method == "DELETE":
        github.forget_record()
    calls = [exchange.told() for exchange in github.record]
    return json_answer({"calls": calls, "most_at_once": github.most_at_once})


def _move_world(github: "FakeGitHub", order: dict[str, Any]) -> None:
    name = order.get("repository")
    target: Any = github.world if name is None else github.world.repository(name)
    if order["do"] not in (OF_THE_WORLD if name is None else OF_A_REPOSITORY):
        raise ValueError(f"nothing here is called {order['do']!r}")
    getattr(target, order["do"])(**order.get("with", {}))


def _make_trouble(github: "FakeGitHub", order: dict[str, Any]) -> None:
    kind = MISBEHAVING[order["kind"]]
    github.once(order["path"], *[lambda _: kind()] * int(order.get("times", 1)))


def _delay(github: "FakeGitHub", order: dict[str, Any]) -> None:
    github.delay_seconds = float(order["seconds"])


_ORDERS: dict[str, Callable[["FakeGitHub", dict[str, Any]], None]] = {
    "world": _move_world,
    "exhaust": lambda github, order: github.limits.exhaust(**order),
    "refuse": lambda github, order: github.limits.refuse(**order),
    "trouble": _make_trouble,
    "delay": _delay,
    "hook": lambda github, order: github.webhooks.add(**order),
}
