"""One client id, however often and wherever it is sent: one message, and one answer that is not a duplicate."""

import asyncio
from typing import Any

import httpx

from tests.delivery.house import House
from tests.wire import PATIENCE_S, Wire

TIMES = 50
CLIENT_ID = "the very same"


async def test_fifty_at_once_over_sockets_and_http_are_one_message(house: House) -> None:
    person = house.person("alice")
    await person.wire()
    assert person.token is not None
    wires = [await Wire.connect(url, token=person.token) for url in house.urls * 5]
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {person.token}"}) as client:
        answers = await asyncio.gather(
            *(by_socket(wires[n % len(wires)]) for n in range(TIMES // 2)),
            *(by_http(client, house.urls[n % 2]) for n in range(TIMES // 2)),
        )
    assert len(answers) == TIMES
    assert len({(answer["message_id"], answer["seq"]) for answer in answers}) == 1
    assert [answer["duplicate"] for answer in answers].count(False) == 1
    assert (await house.fresh_view()).texts() == ["once"]
    assert [message["text"] for message in await house.history()] == ["once"]
    for wire in wires:
        await wire.close()
    await person.leave()


async def test_fifty_different_ids_at_once_are_fifty_messages(house: House) -> None:
    """The same setting shows fifty when the ids differ, so the one above is the client id's doing."""
    wires = [await Wire.connect(url) for url in house.urls]
    answers = await asyncio.gather(*(by_socket(wires[n % 2], f"id {n}") for n in range(TIMES)))
    assert {answer["duplicate"] for answer in answers} == {False}
    assert len((await house.fresh_view()).messages) == TIMES
    for wire in wires:
        await wire.close()


async def by_socket(wire: Wire, client_id: str = CLIENT_ID) -> dict[str, Any]:
    return await wire.ask("send", room="lobby", text="once", client_id=client_id)


async def by_http(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await client.post(
        f"{url}/api/rooms/lobby/messages",
        json={"text": "once"},
        headers={"Idempotency-Key": CLIENT_ID},
        timeout=PATIENCE_S,
    )
    found: dict[str, Any] = answer.raise_for_status().json()
    assert answer.status_code == (200 if found["duplicate"] else 201)
    return found
