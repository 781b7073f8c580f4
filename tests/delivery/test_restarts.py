"""A server that dies or is restarted under load loses nothing it acknowledged, and doubles nothing."""

import asyncio
import signal

import pytest

from tests.delivery.house import House
from tests.delivery.load import Load


@pytest.mark.parametrize("victims", [[0], [0, 1]], ids=["one of two", "both at once"])
async def test_sigkill_under_load_then_restart_and_resume(house: House, victims: list[int]) -> None:
    async with Load(house, speakers=6, messages=50) as load:
        await load.reached(0.3)
        await asyncio.gather(
            *(asyncio.to_thread(house.restart, number, signal.SIGKILL) for number in victims)
        )
        await load.done()
        await load.check_everywhere_once()
        assert 1006 in load.speakers[0].closes


async def test_sigterm_under_load_says_goodbye_and_closes_with_1012(house: House) -> None:
    async with Load(house, speakers=6, messages=50) as load:
        await load.reached(0.3)
        code = await asyncio.to_thread(house.restart, 0, signal.SIGTERM)
        await load.done()
        await load.check_everywhere_once()
        assert code == 0
        for person in (load.speakers[0], load.speakers[2], load.speakers[4], load.readers[0]):
            assert person.closes == [1012]
            [goodbye] = person.goodbyes
            assert goodbye["reconnect_after"] > 0
        assert load.speakers[1].closes == []


async def test_an_answer_to_a_repeated_send_is_the_same_after_a_restart(house: House) -> None:
    person = house.person("alice")
    first = await person.say("once", client_id="the same")
    assert first["duplicate"] is False
    for by in (signal.SIGKILL, signal.SIGTERM):
        await asyncio.to_thread(house.restart, 0, by)
        again = await person.say("once", client_id="the same")
        assert again["duplicate"] is True
        assert (again["message_id"], again["seq"]) == (first["message_id"], first["seq"])
    await person.leave()
    assert (await house.fresh_view()).texts() == ["once"]
