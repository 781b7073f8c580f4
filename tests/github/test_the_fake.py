"""The fake GitHub keeps to what is documented of the real one, and moves when a test says so."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fakes.github import PULL_STATES, FakeGitHub

HELLO = "/repos/octocat/Hello-World"
PULL = f"{HELLO}/pulls/2"


@pytest.fixture
def asker(github: FakeGitHub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=github.url) as client:
        yield client


def order(asker: httpx.Client, what: str, **said: Any) -> httpx.Response:
    return asker.post(f"/_fake/{what}", json=said)


def move(asker: httpx.Client, do: str, **said: Any) -> httpx.Response:
    return order(asker, "world", do=do, repository="octocat/Hello-World", **{"with": said})


@pytest.mark.parametrize(
    "path",
    [
        *("/users/octocat", "/users/octocat/repos", "/users/octocat/events/public", HELLO, f"{HELLO}/issues"),
        *(f"{HELLO}/issues/1", f"{HELLO}/issues/2", f"{HELLO}/pulls", PULL, f"{PULL}/reviews"),
        *(f"{HELLO}/commits", f"{HELLO}/commits/6dcb09b", f"{HELLO}/commits/6dcb09b/status"),
        *(f"{HELLO}/commits/6dcb09b/check-runs", f"{HELLO}/releases", f"{HELLO}/releases/latest"),
        *(f"{HELLO}/releases/tags/v1.0.0", f"{HELLO}/contributors", f"{HELLO}/languages"),
        *(f"{HELLO}/contents/README.md", f"{HELLO}/contents/README.md?ref=master"),
    ],
)
def test_everything_it_holds_can_be_asked_for_and_asked_again(asker: httpx.Client, path: str) -> None:
    first = asker.get(path)
    assert first.status_code == 200
    known = {"if-none-match": first.headers["etag"]}
    again = asker.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    other = asker.get(path, headers={**known, "authorization": "Bearer another"})
    assert other.status_code == 200


def test_a_pull_request_goes_all_its_way_and_is_another_each_time(asker: httpx.Client) -> None:
    etags, told = set(), []
    for state in PULL_STATES:
        assert move(asker, "move_pull", number=2, state=state).status_code == 200
        answer = asker.get(PULL)
        pull = answer.json()
        etags.add(answer.headers["etag"])
        told.append((pull["state"], pull["draft"], pull["merged"], len(pull["requested_reviewers"])))
    assert len(etags) == len(PULL_STATES)
    opened = ("open", False, False, 0)
    assert told[:3] == [("open", True, False, 0), opened, ("open", False, False, 1)]
    assert told[3:] == [opened, opened, ("closed", False, True, 0), ("closed", False, False, 0)]
    reviews = [review["state"] for review in asker.get(f"{PULL}/reviews").json()]
    assert reviews == ["CHANGES_REQUESTED", "APPROVED"]
    assert asker.get(f"{HELLO}/issues/2").json()["state"] == "closed"


def test_what_is_private_is_missing_for_all_but_those_who_may_see_it(asker: httpx.Client) -> None:
    order(asker, "world", do="add_repository", **{"with": {"full_name": "octocat/cellar", "private": True}})
    sees = {"token": "key", "login": "octocat", "sees": ["octocat/cellar"]}
    order(asker, "world", do="add_token", **{"with": sees})
    key = {"authorization": "Bearer key"}
    assert asker.get("/repos/octocat/cellar").status_code == 404
    assert asker.get("/repos/octocat/cellar", headers=key).json()["private"] is True
    assert asker.get("/user", headers=key).json()["login"] == "octocat"
    order(asker, "world", do="revoke", **{"with": {"token": "key"}})
    assert asker.get("/repos/octocat/cellar", headers=key).status_code == 401


def test_limits_and_trouble_come_when_told_and_pass(asker: httpx.Client) -> None:
    order(asker, "refuse", times=1, status=403, retry_after=7)
    order(asker, "trouble", path="/users/octocat", kind="answers-500", times=1)
    refused, failed, good = (asker.get("/users/octocat") for _ in range(3))
    assert (refused.status_code, refused.headers["retry-after"]) == (403, "7")
    assert (failed.status_code, good.status_code) == (500, 200)
    order(asker, "exhaust", reset_seconds=60, token="")
    over = asker.get("/users/octocat")
    assert (over.status_code, over.headers["x-ratelimit-remaining"]) == (403, "0")


def test_the_record_tells_every_call_and_none_of_the_orders(asker: httpx.Client) -> None:
    asker.get("/users/octocat?x=1", headers={"authorization": "Bearer key"})
    record = asker.get("/_fake/record").json()
    [call] = record["calls"]
    assert (call["path"], call["status"], call["with_token"]) == ("/users/octocat?x=1", 200, True)
    assert call["began"] <= call["ended"]
    assert record["most_at_once"] == 1
    assert asker.delete("/_fake/record").json()["calls"] == []


@pytest.mark.parametrize("said", [{"do": "__init__"}, {"do": "revoke", "with": {"x": 1}}, {}])
def test_an_order_it_does_not_understand_is_refused(asker: httpx.Client, said: dict[str, Any]) -> None:
    assert order(asker, "world", **said).status_code == 400
