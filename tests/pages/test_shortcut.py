"""The short way says what the long way through Django says, to everybody; and what is not plain goes the long way."""

import asyncio
import re
from typing import Any, NamedTuple

import pytest
from pytest_django.fixtures import Settings

from chat import database, limits
from chat.actions.reactions import react
from chat.models import User
from chat.shortcut import Shortcut
from chatproject.asgi import application
from tests.api.conftest import give_token
from tests.cast import sign_in
from tests.matrix.places import VISITORS, Place, furnish, gather

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("public", "open", "private", "direct", "archived")
CSRF = "c" * 32
Headers = dict[str, str]


class Said(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Way:
    """An application to ask, and whether the project's own was asked through it."""

    def __init__(self, *, short: bool) -> None:
        self.went_on = 0
        self._application: Any = Shortcut(self._long) if short else self._long

    async def get(self, path: str, headers: Headers, method: str = "GET") -> Said:
        path, _, query = path.partition("?")
        given = {"host": "localhost", **headers}
        sent: list[Any] = []
        scope = {
            **{"type": "http", "method": method, "path": path, "query_string": query.encode()},
            **{"scheme": "http", "client": ("203.0.113.9", 5000), "server": ("localhost", 80)},
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        }

        bodies = iter([{"type": "http.request"}])

        async def receive() -> Any:
            # Behind its body nothing more comes from a client that stays.
            return next(bodies, None) or await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        await self._application(scope, receive, send)
        start, *parts = sent
        return Said(start["status"], sorted(start["headers"]), b"".join(part["body"] for part in parts))

    async def _long(self, *asked: Any) -> None:
        self.went_on += 1
        await application(*asked)


def without_secret(said: Said) -> Said:
    """A CSRF cookie is another one each time, and as long as ever from now on."""
    changing = re.compile(rb"csrftoken=[^;]+|expires=[^;]+")
    headers = [
        (name, changing.sub(b"", value) if name == b"Set-Cookie" else value) for name, value in said.headers
    ]
    return said._replace(headers=headers)


@pytest.fixture
def ways(settings: Settings) -> tuple[Way, Way]:
    settings.CHAT_RATE_LIMITS = False
    settings.CHAT_GUESTS = "write"
    return Way(short=True), Way(short=False)


@pytest.fixture
async def people() -> dict[str, User]:
    return await database.write(gather)


@pytest.fixture
async def proofs(people: dict[str, User]) -> dict[str, list[Headers]]:
    """What each visitor may come with: a token, a session, both dead or alive, or nothing."""
    found: dict[str, list[Headers]] = {"nobody": [{}]}
    for name, user in people.items():
        token = await database.write(give_token, user)
        key = await database.write(sign_in, user)
        found[name] = [{"authorization": f"Bearer {token}"}, {"cookie": f"sessionid={key}; csrftoken={CSRF}"}]
    return found


@pytest.fixture
async def places(people: dict[str, User]) -> dict[tuple[str, str], Place]:
    found: dict[tuple[str, str], Place] = {}
    for kind in KINDS:
        made = await database.write(furnish, people, kind, [(kind, visitor) for visitor in VISITORS])
        found |= made
    return found


@pytest.mark.parametrize("guests", ["off", "write"])
async def test_a_page_of_history_is_the_same_for_every_visitor(
    ways: tuple[Way, Way],
    proofs: dict[str, list[Headers]],
    places: dict[tuple[str, str], Place],
    settings: Settings,
    guests: str,
) -> None:
    short, long = ways
    settings.CHAT_GUESTS = guests
    statuses = set()
    for (_, visitor), place in places.items():
        path = f"/api/rooms/{place.slug}/messages"
        for headers in proofs[visitor]:
            said = await short.get(path, headers)
            assert said == await long.get(path, headers), (visitor, path)
            statuses.add(said.status)
    assert short.went_on == 0
    assert statuses >= {200, 404}


ODD_PATHS = [
    *("?limit=1", "?limit=0", "?limit=x", "?limit=1&limit=2", "?before=5&after=6", "?before=-1", "?around=1"),
    *("?unknown=1", "?before=", "?thread=1", "?before=1e3", "?limit=%00", "?" + "&".join(["a=1"] * 1_001)),
]
ODD_HEADERS: list[Headers] = [
    {"accept": "text/html"},
    {"accept": "image/png"},
    {"authorization": "Bearer wrong"},
    {"authorization": "Basic x"},
    {"cookie": "sessionid=x"},
    {"cookie": 'odd[name]={"a": 1}; sessionid=unknown-session-key-of-32-letter'},
    {"host": "evil.example"},
    {"host": "a b"},
    {"origin": "https://evil.example"},
    {"if-none-match": '"x"'},
    {"if-modified-since": "Mon, 01 Jan 2035 00:00:00 GMT"},
    {"content-length": "5"},
    {"range": "bytes=0-3"},
]


async def test_odd_requests_for_history_are_answered_alike(
    ways: tuple[Way, Way], proofs: dict[str, list[Headers]], places: dict[tuple[str, str], Place]
) -> None:
    short, long = ways
    place = places["public", "member"]
    await database.write(
        react, await database.call(User.objects.get, username="member"), place.own, "👍", True
    )
    base = f"/api/rooms/{place.slug}/messages"
    asked = [(base + odd, proofs["member"][0]) for odd in ODD_PATHS]
    asked += [(base, headers) for headers in ODD_HEADERS]
    asked += [
        (f"/api/rooms/{odd}/messages", {}) for odd in ("", "a/b", "ÄÖ", "x" * 300, "a\0b", "a\nb", "..")
    ]
    asked += [(f"{base}/", {}), (f"{base}?limit=2", {})]
    for path, headers in asked:
        assert await short.get(path, headers) == await long.get(path, headers), (path, headers)
    for method in ("HEAD", "POST", "OPTIONS", "PUT"):
        assert await short.get(base, {}, method) == await long.get(base, {}, method)


async def test_a_limit_of_requests_counts_on_the_short_way_too(
    ways: tuple[Way, Way], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHAT_RATE_LIMITS = True
    monkeypatch.setitem(limits.RATES, "request", limits.Rate(1, 0.001, "requests"))
    short, long = ways
    assert (await short.get("/api/rooms/lobby/messages", {})).status == 200
    refused = await short.get("/api/rooms/lobby/messages", {})
    assert refused.status == (await long.get("/api/rooms/lobby/messages", {})).status == 429
    assert short.went_on == 0


SHELL_HEADERS: list[Headers] = [
    {},
    {"cookie": f"csrftoken={CSRF}"},
    {"cookie": f"csrftoken={CSRF * 2}"},
    {"cookie": "csrftoken=short"},
    {"cookie": f"csrftoken={CSRF}; sessionid=unknown-session-key-of-32-letter"},
    {"cookie": f"csrftoken={CSRF}; sessionid=x"},
    {"cookie": "sessionid="},
    {"accept": "image/png"},
    {"if-none-match": "*"},
    {"if-none-match": '"other", "another"'},
    {"if-modified-since": "Mon, 01 Jan 2035 00:00:00 GMT"},
    {"if-match": '"x"'},
    {"host": "evil.example"},
    {"authorization": "Bearer wrong"},
]


async def test_a_shell_is_the_same_for_everybody_on_both_ways(
    ways: tuple[Way, Way], proofs: dict[str, list[Headers]]
) -> None:
    short, long = ways
    etag = dict((await long.get("/chat/lobby/", {})).headers)[b"ETag"].decode()
    known = [{**headers, "if-none-match": etag} for headers in SHELL_HEADERS[:6]]
    everybody = [headers for each in proofs.values() for headers in each]
    # Twice: the first answer of a kind is Django's, the next one is remembered.
    for headers in [*SHELL_HEADERS, *known, *everybody] * 2:
        for path in ("/chat/lobby/", "/chat/b\u00fcro/"):
            said, wanted = await short.get(path, headers), await long.get(path, headers)
            assert without_secret(said) == without_secret(wanted), (path, headers)
    went_on = short.went_on
    for headers in (SHELL_HEADERS[0], SHELL_HEADERS[1], known[0], known[1], *proofs["member"]):
        await short.get("/chat/lobby/", headers)
    assert short.went_on == went_on, "the plain cases are answered without Django"


async def test_every_visitor_gets_a_csrf_cookie_of_their_own(ways: tuple[Way, Way]) -> None:
    short, _ = ways
    cookies = {dict((await short.get("/chat/lobby/", {})).headers)[b"Set-Cookie"] for _ in range(3)}
    assert len(cookies) == 3
    kept = await short.get("/chat/lobby/", {"cookie": f"csrftoken={CSRF}"})
    assert dict(kept.headers)[b"Set-Cookie"].startswith(f"csrftoken={CSRF};".encode())


@pytest.mark.parametrize(
    "path", ["/", "/chat/lobby", "/chat/a/b/", "/chat//", "/api/rooms", "/healthz", "/chat/lobby/?since=3"]
)
async def test_whatever_else_is_asked_for_goes_the_long_way(ways: tuple[Way, Way], path: str) -> None:
    short, long = ways
    said, wanted = await short.get(path, {}), await long.get(path, {})
    assert without_secret(said) == without_secret(wanted)
    assert short.went_on == 1
