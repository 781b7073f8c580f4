"""The page of accounts side by side: whom it is for, and where the chat leads to it."""

import httpx
import pytest

from chat import database
from chat.models import User
from tests.github.asking import bearer, get_wsgi

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/github/users?login=octocat&login=hubot"


async def test_it_is_for_whoever_is_signed_in(web: httpx.AsyncClient, alice: User) -> None:
    answer = await web.get(PAGE, headers=await database.write(bearer, alice))
    assert answer.status_code == 200
    assert "github/users/main.js" in answer.text
    assert "private" in answer.headers["cache-control"]


async def test_everybody_else_signs_in_first_and_comes_back(web: httpx.AsyncClient) -> None:
    guest = await User.objects.acreate(username="guest-1", kind=User.Kind.GUEST)
    for headers in ({}, await database.write(bearer, guest)):
        answer = await web.get(PAGE, headers=headers)
        assert answer.status_code == 302
        expected = "/accounts/login/?next=/github/users%3Flogin%3Doctocat%26login%3Dhubot"
        assert answer.headers["location"] == expected


async def test_the_pages_of_the_chat_name_it(web: httpx.AsyncClient) -> None:
    shell = await web.get("/chat/lobby/")
    assert '<link rel="related" href="/github/users" title="GitHub users">' in shell.text


def test_under_wsgi_it_is_the_same() -> None:
    assert get_wsgi("/github/users")[0] == "302 Found"
