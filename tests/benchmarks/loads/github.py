"""Ten GitHub accounts: asked for one after the other, and all at once."""

import http.client
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlencode

from tests.benchmarks.contest import Figure, Row, in_turn, row
from tests.benchmarks.loads.setting import Setting
from tests.benchmarks.servers.installations import Installation
from tests.benchmarks.servers.order import Order
from tests.benchmarks.servers.processes import Process, free_port
from tests.fakes.github import PEOPLE

# About what the real one takes.
DELAY_S = 0.1
LOGINS = sorted(PEOPLE)[:10]
AGAINST = "one after the other"
# Each asking is a new one, and no question to the cache.
CACHE_S = "0.001"
PATIENCE_S = 30.0


def all_at_once(setting: Setting) -> Iterator[Row]:
    """From a GitHub on this machine that takes a tenth of a second for each answer."""
    port = free_port()
    words = ("-m", "tests.fakes.github", "--port", str(port), "--delay-seconds", str(DELAY_S))
    url = f"http://127.0.0.1:{port}"
    with (
        Process(sys.executable, *words, log=setting.site.folder / "github.log", port=port) as github,
        setting.site.product(Order(1, []), GITHUB_API_URL=url, GITHUB_CACHE_SECONDS=CACHE_S) as served,
    ):
        github.wait_until_listening()
        query = urlencode([("login", login) for login in LOGINS])
        sides: dict[str, Callable[[], Figure]] = {
            "at once": lambda: _ask(served, [f"/api/github/users?{query}"]),
            "at once, from a synchronous view": lambda: _ask(served, [f"/api/github/users/sync?{query}"]),
            AGAINST: lambda: _ask(served, [f"/api/github/users/{login}" for login in LOGINS]),
        }
        for ask_for_the_first_time in sides.values():
            ask_for_the_first_time()
        found = in_turn(f"{len(LOGINS)} GitHub users", "ms", setting.effort.rounds, sides)
    for name in list(sides)[:2]:
        told = {"product": found[name], AGAINST: found[AGAINST]}
        yield row(f"{len(LOGINS)} GitHub users, {name}", "ms", told, AGAINST, (None, None), less=True)


def _ask(served: Installation, paths: Sequence[str]) -> Figure:
    """Milliseconds for all of them together, over one connection."""
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
    began, names = time.perf_counter(), list[str]()
    for path in paths:
        line.request("GET", path, headers={"Cookie": f"sessionid={served.cookies[0]}"})
        answer = line.getresponse()
        told = json.loads(answer.read())
        if answer.status != http.client.OK or told.get("errors"):
            raise RuntimeError(f"{path}: {answer.status} {told}")
        names += [user["username"] for user in told.get("users", [told])]
    spent = time.perf_counter() - began
    line.close()
    if [name.lower() for name in names] != LOGINS:
        raise RuntimeError(f"asked for {LOGINS}, got {names}")
    return Figure(spent * 1000)
