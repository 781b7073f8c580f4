"""Operations without a room in them, for every kind of visitor; and that every operation and command has its row.

What somebody is in a room matters to none of these: each `person` of the table stands for six of them.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

import httpx
import pytest
from pytest_django.fixtures import Settings

from chat import database, slash
from chat.api.openapi import registered
from chat.models import Invitation, SignIn, Token, User
from chat.models.token import digest, new_secret
from chat.protocol.commands import AnyCommand
from tests.api.conftest import ELSEWHERE, client
from tests.cast import sign_in
from tests.fakes.github import FakeGitHub
from tests.matrix.conftest import Clients, on_sqlite_alone
from tests.matrix.deeds import DEEDS
from tests.matrix.places import VISITORS, furnish
from tests.matrix.words import Row, Table, differences, table, turned, word_of_answer

asynchronous = pytest.mark.django_db(transaction=True)

SAID = table("""
                            nobody    guest     person    staff
list the rooms              ok        ok        ok        ok
make a room                 sign-in   no        ok        ok
make a direct room          sign-in   no        ok        ok
read about oneself          ok        ok        ok        ok
change oneself              sign-in   ok        ok        ok
look people up              sign-in   no        ok        ok
become a guest              ok        conflict  conflict  conflict
list one's sessions         sign-in   no        ok        ok
end one's other sessions    sign-in   no        ok        ok
end a session of one's own  sign-in   no        ok        ok
end another's session       sign-in   no        unseen    unseen
list one's tokens           sign-in   no        ok        ok
make a token by a token     sign-in   no        no        no
end a token of one's own    sign-in   no        ok        ok
end another's token         sign-in   no        unseen    unseen
list the slash words        sign-in   ok        ok        ok
list invitations            sign-in   no        ok        ok
invite to the installation  sign-in   no        no        ok
revoke one's invitation     sign-in   no        ok        ok
revoke another's            sign-in   no        unseen    ok
wait                        ok        ok        ok        ok
read the description        ok        ok        ok        ok
read it as a page           ok        ok        ok        ok
ask whether it is alive     ok        ok        ok        ok
ask whether it is ready     ok        ok        ok        ok
read the numbers            sign-in   no        no        ok
gather GitHub accounts      ok        ok        ok        ok
gather them synchronously   ok        ok        ok        ok
read a GitHub account       ok        ok        ok        ok
look a GitHub account over  sign-in   no        ok        ok
look into a repository      sign-in   no        ok        ok
stream GitHub accounts      ok        ok        ok        ok
look where the quota goes   sign-in   no        ok        ok
""")

# The same where CHAT_GUESTS is off or read, for what is otherwise then.
BY_SETTING = table("""
                            nobody:off  guest:off  nobody:read  guest:read
list the rooms              sign-in     ok         ok           ok
read about oneself          ok          ok         ok           ok
become a guest              sign-in     sign-in    ok           conflict
look people up              sign-in     no         sign-in      no
""")

# Nobody is asked who they are: probes must not depend on the database, and the description is everybody's.
UNASKED = {"/healthz", "/readyz", "/api/openapi.json", "/api/docs"}
# The socket's, which need no room; test_handshake.py has them.
COMMANDS = {"presence", "ping"}


class Mine(NamedTuple):
    """What one visitor has of their own, and what somebody else has, by id; and whom GitHub knows."""

    session: int
    token: int
    invitation: int
    their_session: int
    their_token: int
    their_invitation: int
    outsider: int
    login: str = "octocat"
    owner: str = "octocat"
    name: str = "Hello-World"


NOTHING = Mine(0, 0, 0, 0, 0, 0, 0)
OPERATIONS: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "list the rooms": ("GET", "/api/rooms", None),
    "make a room": ("POST", "/api/rooms", {"name": "Mine", "kind": "private"}),
    "make a direct room": ("POST", "/api/rooms", {"name": "Us", "kind": "direct", "members": ["$outsider"]}),
    "read about oneself": ("GET", "/api/me", None),
    "change oneself": ("PATCH", "/api/me", {"hides_presence": True}),
    "look people up": ("GET", "/api/users", None),
    "become a guest": ("POST", "/api/guest", None),
    "list one's sessions": ("GET", "/api/me/sessions", None),
    "end one's other sessions": ("DELETE", "/api/me/sessions", None),
    "end a session of one's own": ("DELETE", "/api/me/sessions/{session}", None),
    "end another's session": ("DELETE", "/api/me/sessions/{their_session}", None),
    "list one's tokens": ("GET", "/api/me/tokens", None),
    "make a token by a token": ("POST", "/api/me/tokens", None),
    "end a token of one's own": ("DELETE", "/api/me/tokens/{token}", None),
    "end another's token": ("DELETE", "/api/me/tokens/{their_token}", None),
    "list the slash words": ("GET", "/api/slash", None),
    "list invitations": ("GET", "/api/invitations", None),
    "invite to the installation": ("POST", "/api/invitations", {}),
    "revoke one's invitation": ("DELETE", "/api/invitations/{invitation}", None),
    "revoke another's": ("DELETE", "/api/invitations/{their_invitation}", None),
    "wait": ("GET", "/api/diagnostics/delay?seconds=0", None),
    "read the description": ("GET", "/api/openapi.json", None),
    "read it as a page": ("GET", "/api/docs", None),
    "ask whether it is alive": ("GET", "/healthz", None),
    "ask whether it is ready": ("GET", "/readyz", None),
    "read the numbers": ("GET", "/metrics", None),
    "gather GitHub accounts": ("GET", "/api/github/users?login=octocat", None),
    "gather them synchronously": ("GET", "/api/github/users/sync?login=octocat", None),
    "read a GitHub account": ("GET", "/api/github/users/{login}", None),
    "look a GitHub account over": ("GET", "/api/github/users/{login}/overview", None),
    "look into a repository": ("GET", "/api/github/repos/{owner}/{name}", None),
    "stream GitHub accounts": ("GET", "/api/github/stream?login=octocat", None),
    "look where the quota goes": ("GET", "/api/github/quota", None),
}


def paths(method: str, path: str) -> tuple[str, str]:
    """Whatever the parts that change are called."""
    return method, re.sub(r"{\w+}", "{}", path.partition("?")[0])


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    here = {paths(method, path) for method, path, _ in OPERATIONS.values()}
    in_rooms = {paths(deed.http.method, deed.http.path) for deed in DEEDS.values() if deed.http}
    assert here | in_rooms == {paths(each.method, path) for path, each in registered()}
    assert set(SAID) == set(OPERATIONS)
    assert set(BY_SETTING) <= set(SAID)


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    tags = {str(command.__struct_config__.tag) for command in get_args(AnyCommand)}
    assert {say.type for deed in DEEDS.values() for say in deed.said} | COMMANDS == tags
    words = {say.label for deed in DEEDS.values() for say in deed.said if say.type == "slash"}
    assert words == {f"/{word.name}" for word in slash.listed()}


@pytest.fixture(autouse=True)
def github(settings: Settings) -> Iterator[None]:
    """A GitHub on this machine."""
    with FakeGitHub() as fake:
        settings.GITHUB_API_URL, settings.GITHUB_TOKEN = fake.url, ""
        yield


@asynchronous
async def test_everybody_may_what_the_table_says(people: dict[str, User], clients: Clients) -> None:
    await database.write(furnish, people, "public", [("be there", visitor) for visitor in VISITORS])

    async def answered(visitor: str) -> Row:
        return {name: await word(name, clients[visitor], people, visitor) for name in OPERATIONS}

    answers = await asyncio.gather(*map(answered, VISITORS))
    assert differences(turned(VISITORS, answers), said_of_all()) == []


@asynchronous
@on_sqlite_alone
@pytest.mark.parametrize("guests", ["off", "read"])
async def test_guests_may_what_the_setting_says(
    people: dict[str, User], clients: Clients, settings: Settings, guests: str
) -> None:
    settings.CHAT_GUESTS = guests
    found = {
        name: {f"{visitor}:{guests}": await word(name, clients[visitor], people, visitor) for visitor in FEW}
        for name in BY_SETTING
    }
    assert differences(found, BY_SETTING) == []


@asynchronous
@on_sqlite_alone
@pytest.mark.parametrize("visitor", ["guest", "stranger", "staff"])
async def test_by_session_it_is_the_same_but_that_people_make_tokens(
    people: dict[str, User], settings: Settings, visitor: str
) -> None:
    said = said_of_all()
    said["make a token by a token"] = {**said["make a token by a token"], "stranger": "ok", "staff": "ok"}
    async with await by_session(people[visitor], settings) as browser:
        found = {name: {visitor: await word(name, browser, people, visitor)} for name in OPERATIONS}
    assert differences(found, said) == []


@asynchronous
@on_sqlite_alone
async def test_a_token_that_does_not_hold_is_refused_wherever_anybody_is_asked_who_they_are(
    people: dict[str, User],
) -> None:
    async with client(ELSEWHERE, Authorization="Bearer of nobody") as visitor:
        for method, path, body in await requests(people):
            answer = await told(visitor, method, path, body)
            assert word_of_answer(answer) == ("ok" if path in UNASKED else "sign-in"), (method, path)


@asynchronous
@on_sqlite_alone
async def test_a_session_that_has_ended_is_answered_as_nobody_is(
    people: dict[str, User], settings: Settings
) -> None:
    async with await by_session(people["staff"], settings) as ended, client(ELSEWHERE) as nobody:
        assert (await ended.get("/api/me")).json()["user"]["staff"]
        people["staff"].password = "!another"
        await database.write(people["staff"].save)
        for method, path, body in await requests(people):
            answers = [await told(visitor, method, path, body) for visitor in (ended, nobody)]
            words = [word_of_answer(answer) for answer in answers]
            assert words[0] == words[1], (method, path)
            assert words[0] == "ok" or answers[0].content == answers[1].content, (method, path)


FEW = ("nobody", "guest")


def said_of_all() -> Table:
    """The table with a column for each visitor."""

    def column(visitor: str) -> str:
        return visitor if visitor in (*FEW, "staff") else "person"

    return {name: {visitor: row[column(visitor)] for visitor in VISITORS} for name, row in SAID.items()}


async def word(name: str, visitor: httpx.AsyncClient, people: dict[str, User], who: str) -> str:
    """What somebody is answered; with things of their own that no other cell has used up."""
    mine = NOTHING
    if "{" in OPERATIONS[name][1]:
        mine = await database.write(belongings, people, people.get(who, people["outsider"]))
    method, path, body = filled(name, mine._replace(outsider=people["outsider"].pk))
    return word_of_answer(await told(visitor, method, path, body))


async def told(
    visitor: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None
) -> httpx.Response:
    """An answer, of whose cookies none is kept: whoever became a guest asks again as they came."""
    before = httpx.Cookies(visitor.cookies)
    answer = await visitor.request(method, path, json=body)
    visitor.cookies = before
    return answer


def filled(name: str, mine: Mine) -> tuple[str, str, dict[str, Any] | None]:
    method, path, body = OPERATIONS[name]
    if body and "members" in body:
        body = {**body, "members": [mine.outsider]}
    return method, path.format(**mine._asdict()), body


def belongings(people: dict[str, User], user: User) -> Mine:
    """A session, a token and an invitation of this person's, and the same of somebody else's."""
    made = [(_session(owner), _token(owner), _invitation(owner)) for owner in (user, people["chief"])]
    return Mine(*made[0], *made[1], people["outsider"].pk)


def _session(owner: User) -> int:
    """A guest has none to end, and its address is asked for all the same."""
    return SignIn.objects.get_or_create(session_key=sign_in(owner), defaults={"user": owner})[0].pk


def _token(owner: User) -> int:
    return Token.objects.create(user=owner, digest=digest(new_secret())).pk


def _invitation(owner: User) -> int:
    return Invitation.objects.create(by=owner, digest=digest(new_secret()), uses_left=1).pk


async def requests(people: dict[str, User]) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Every operation once or more, those on rooms in one that is public."""
    [place] = (await database.write(furnish, people, "public", [("ask", "stranger")])).values()
    mine = await database.write(belongings, people, people["outsider"])
    in_rooms = [deed.http.at(place) for deed in DEEDS.values() if deed.http]
    return [*in_rooms, *(filled(name, mine) for name in OPERATIONS)]


async def by_session(user: User, settings: Settings) -> httpx.AsyncClient:
    """A browser, which also sends what Django wants against forgeries."""
    key = await database.write(sign_in, user)
    browser = client(ELSEWHERE, **{"X-CSRFToken": "a" * 32})
    browser.cookies.set(settings.SESSION_COOKIE_NAME, key)
    browser.cookies.set(settings.CSRF_COOKIE_NAME, "a" * 32)
    return browser
