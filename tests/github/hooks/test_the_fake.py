"""The fake GitHub tells of its moves as GitHub does: in events that are read here, signed, in order."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest

from chat.github.hooks.happening import happening_of
from chat.github.hooks.signature import HEADER, is_signed
from tests.fakes.github import FakeGitHub

Heard = list[tuple[str, str, bytes]]


@pytest.fixture
def heard() -> Heard:
    """Event, signature and body of each delivery that the listener got."""
    return []


@pytest.fixture
def listener(heard: Heard) -> Iterator[str]:
    """The address of somebody who listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["X-GitHub-Event"], self.headers[HEADER], body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass  # nobody reads it

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hooks/github"
        server.shutdown()
        thread.join()


def test_each_move_is_told_signed_and_in_order(github: FakeGitHub, listener: str, heard: Heard) -> None:
    hello = github.world.repository("octocat/Hello-World")
    github.webhooks.add(listener, "a secret")
    for state in ("draft", "open", "review", "approved", "merged"):
        hello.move_pull(2, state)
    hello.move_issue(1, "closed", "completed")
    hello.add_pull(7)
    hello.check(hello.pulls[7]["head"]["sha"], "tests")
    hello.add_release("v2.0.0")
    assert {sent.status for sent in github.webhooks.wait()} == {202}
    assert all(is_signed(body, signature, ["a secret"]) for _, signature, body in heard)
    ping, *told = [(kind, json.loads(body).get("action", "")) for kind, _, body in heard]
    assert ping == ("ping", "")
    assert told == [
        ("pull_request", "converted_to_draft"),
        ("pull_request", "ready_for_review"),
        ("pull_request", "review_requested"),
        ("pull_request_review", "submitted"),
        ("pull_request", "closed"),
        ("issues", "closed"),
        ("pull_request", "opened"),
        ("check_run", "completed"),
        ("release", "published"),
    ]
    happenings = [happening for kind, _, body in heard if (happening := happening_of(kind, body))]
    assert len(happenings) == len(told)
    assert "merged pull request" in happenings[4].text
    assert [address.ref for address in happenings[7].cards][1:] == ["7"]


def test_another_process_sets_one_up_as_well(github: FakeGitHub, heard: Heard, listener: str) -> None:
    answer = httpx.post(f"{github.url}/_fake/hook", json={"url": listener, "secret": "secret"})
    assert answer.status_code == 200
    github.webhooks.wait()
    [(kind, signature, body)] = heard
    assert kind == "ping"
    assert is_signed(body, signature, ["secret"])


def test_a_delivery_is_sent_again_on_request_only(github: FakeGitHub, heard: Heard, listener: str) -> None:
    github.webhooks.add(listener, "a secret")
    first = github.webhooks.wait()[0]
    github.webhooks.redeliver()
    again = github.webhooks.wait()[1]
    assert again.post == first.post
    assert len(heard) == 2


def test_nobody_there_is_no_trouble(github: FakeGitHub) -> None:
    github.webhooks.add("http://127.0.0.1:9/hooks/github", "a secret")
    assert [sent.status for sent in github.webhooks.wait()] == [None]
