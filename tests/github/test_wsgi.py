"""The same views under WSGI, where every request has a loop of its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from tests.fakes.github import FakeGitHub
from tests.github.asking import get_wsgi

pytestmark = pytest.mark.django_db(transaction=True)

USERS = "/api/github/users"


def get(path: str, query: str = "") -> tuple[str, dict[str, Any]]:
    status, body = get_wsgi(path, query)
    return status, json.loads(body)


@pytest.mark.parametrize("path", [USERS, f"{USERS}/sync"])
def test_users_are_gathered_under_wsgi(path: str, github: FakeGitHub) -> None:
    github.hold(3)
    status, answer = get(path, "login=octocat&login=nobody-here&login=torvalds")
    assert status == "200 OK"
    assert [user["username"] for user in answer["users"]] == ["octocat", "torvalds"]
    assert [error["code"] for error in answer["errors"]] == ["not_found"]
    assert github.most_at_once == 3


def test_one_user_and_its_trouble_come_under_wsgi() -> None:
    assert get(f"{USERS}/octocat")[1]["username"] == "octocat"
    assert get(f"{USERS}/rate-limited")[0].startswith("429 ")


def test_what_one_request_learnt_serves_the_next(github: FakeGitHub) -> None:
    for _ in range(3):
        get(f"{USERS}/sync", "login=octocat")
    assert github.calls("octocat") == 1


def test_requests_in_several_threads_do_not_meet(github: FakeGitHub) -> None:
    """Each has a loop and a client of its own, and closes it: a leak would be a warning, and so a failure."""
    names = ["torvalds", "gvanrossum", "defunkt", "mojombo", "hubot", "monalisa"]
    with ThreadPoolExecutor(len(names)) as threads:
        answers = list(threads.map(lambda name: get(f"{USERS}/sync", f"login={name}"), names))
    assert [answer["users"][0]["username"] for _, answer in answers] == names
    assert github.connections == len(names)


def test_the_test_client_of_django_reaches_the_twin(client: Client) -> None:
    answer = client.get(f"{USERS}/sync")
    assert [user["username"] for user in answer.json()["users"]] == ["torvalds", "gvanrossum"]


def test_the_twin_refuses_other_methods_without_a_csrf_token() -> None:
    answer = Client(enforce_csrf_checks=True).post(f"{USERS}/sync")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
