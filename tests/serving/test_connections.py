"""Places by address: who has how many, and that each is given back."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
import websockets

from chat.errors import RateLimited
from chat.limits import ADDRESS_CONNECTIONS
from chat.serving.connections import Connections
from tests.programs import Program
from tests.serving.http.line import Line, request
from tests.serving.plain import PLACES

PROXY = "10.0.0.2"


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Connections:
    monkeypatch.setattr("chat.serving.connections.ADDRESS_CONNECTIONS", 2)
    return Connections(lambda peer: peer == PROXY)


def transport(address: str) -> Any:
    peer = SimpleNamespace(host=address)
    return SimpleNamespace(getPeer=lambda: peer, gone=None)


def test_an_address_has_a_thousand_places() -> None:
    assert ADDRESS_CONNECTIONS == 1_000


def test_one_more_is_refused_until_one_is_gone(connections: Connections) -> None:
    first = transport("192.0.2.1")
    connections.count(first)
    connections.count(transport("192.0.2.1"))
    with pytest.raises(RateLimited):
        connections.count(transport("192.0.2.1"))
    connections.count(transport("192.0.2.2"))
    first.gone()
    connections.count(transport("192.0.2.1"))
    with pytest.raises(RateLimited):
        connections.count(transport("192.0.2.1"))


def test_what_comes_through_a_proxy_shares_the_places_of_its_address(connections: Connections) -> None:
    connections.count(transport("192.0.2.1"))
    with connections.held("192.0.2.1"), pytest.raises(RateLimited):
        connections.count(transport("192.0.2.1"))
    connections.count(transport("192.0.2.1"))


def test_a_proxy_itself_has_as_many_as_it_likes(connections: Connections) -> None:
    for _ in range(5):
        connections.count(transport(PROXY))


def test_a_network_of_ipv6_counts_as_one_and_an_ipv4_address_in_it_as_itself(
    connections: Connections,
) -> None:
    connections.count(transport("2001:db8::1"))
    connections.count(transport("2001:db8::ffff:1"))
    with pytest.raises(RateLimited):
        connections.count(transport("2001:db8::2"))
    connections.count(transport("2001:db8:0:1::1"))
    connections.count(transport("::ffff:192.0.2.1"))
    connections.count(transport("192.0.2.1"))
    with pytest.raises(RateLimited):
        connections.count(transport("::ffff:192.0.2.1"))


def test_without_rate_limits_there_is_no_cap(connections: Connections, settings: Any) -> None:
    settings.CHAT_RATE_LIMITS = False
    for _ in range(5):
        connections.count(transport("192.0.2.1"))


async def test_requests_and_sockets_share_the_places_and_give_them_back() -> None:
    with Program("-m", "tests.serving.plain", "0", "crowded") as server:
        url = await asyncio.to_thread(server.url)
        sockets = [await websockets.connect(url.replace("http", "ws")) for _ in range(PLACES // 2)]
        lines = [await Line.connect(url) for _ in range(PLACES // 2)]
        async with await Line.connect(url) as one_more:
            assert (await one_more.answer()).status == 429
        async with await Line.connect(url, source="127.0.0.2") as elsewhere:
            await elsewhere.send(request("GET", "/"))
            assert (await elsewhere.answer()).status == 200
        await sockets.pop().close()
        lines.append(await let_in(url))
        await lines.pop(0).close()
        lines.append(await let_in(url))
        async with await Line.connect(url) as one_more:
            assert (await one_more.answer()).status == 429
        await asyncio.gather(*(place.close() for place in sockets), *(place.close() for place in lines))
        assert await asyncio.to_thread(server.end) == 0


async def let_in(url: str) -> Line:
    """A line that is answered; the server may hear a little later that a place is free."""
    async with asyncio.timeout(30):
        while True:
            line = await Line.connect(url)
            await line.send(request("GET", "/"))
            if (await line.answer()).status == 200:
                return line
            await line.close()
