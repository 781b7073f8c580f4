"""A server that dies or is restarted under load loses nothing it acknowledged, and doubles nothing."""

import asyncio
import signal
from collections.abc import Callable

import pytest

from tests.delivery.house import House
from tests.delivery.load import Load

Enter = Callable[..., None]

DOCTORED = ("-m", "tests.faults.doctored")
ROUNDS = 5


async def test_sigkill_between_commit_and_publish(new_house: Callable[..., House], enter: Enter) -> None:
    """Its last messages are stored, and neither their senders nor any other process were told."""
    fault = {0: {"FAULT": "die-before-publishing 40"}}
    house = await asyncio.to_thread(new_house, own=fault, program=DOCTORED)
    async with Load(house, speakers=6, messages=30) as load:
        code = await asyncio.to_thread(house.servers[0].wait)
        assert code == -signal.SIGKILL
        await asyncio.to_thread(house.restart, 0, signal.SIGKILL, FAULT="")
        await load.done()
        seen = await load.check_everywhere_once()
        assert 1006 in load.speakers[0].closes
        assert any(person.duplicates for person in load.speakers), "nothing was stored without an answer"
        enter("SIGKILL between commit and publish", seen)


@pytest.mark.parametrize(
    "victims",
    [pytest.param([0], marks=pytest.mark.long, id="one of two"), pytest.param([0, 1], id="both at once")],
)
async def test_sigkill_under_load_then_restart_and_resume(
    two: House, victims: list[int], enter: Enter
) -> None:
    async with Load(two, speakers=6, messages=50) as load:
        await load.reached(0.3)
        await asyncio.gather(*(asyncio.to_thread(two.restart, number, signal.SIGKILL) for number in victims))
        await load.done()
        seen = await load.check_everywhere_once()
        assert 1006 in load.speakers[0].closes
        enter(f"SIGKILL of {len(victims)} of two processes", seen)


async def test_sigterm_under_load_says_goodbye_and_closes_with_1012(two: House) -> None:
    async with Load(two, speakers=6, messages=50) as load:
        await load.reached(0.3)
        code = await asyncio.to_thread(two.restart, 0, signal.SIGTERM)
        await load.done()
        await load.check_everywhere_once()
        assert code == 0
        for person in (load.speakers[0], load.speakers[2], load.speakers[4], load.readers[0]):
            assert person.closes == [1012]
            [goodbye] = person.goodbyes
            assert goodbye["reconnect_after"] > 0
        assert load.speakers[1].closes == []


@pytest.mark.long
async def test_a_rolling_restart_of_two_processes_five_times(two: House, enter: Enter) -> None:
    async with Load(two, speakers=4, messages=None, pause_s=0.2) as load:
        codes = []
        for number in [0, 1] * ROUNDS:
            await load.acknowledges(20)
            codes.append(await asyncio.to_thread(two.restart, number, signal.SIGTERM))
        await load.acknowledges(20)
        await load.done()
        seen = await load.check_everywhere_once()
        assert codes == [0, 0] * ROUNDS
        closes = [code for person in load.people for code in person.closes]
        assert set(closes) == {1012}
        enter(f"two processes restarted in turn, {ROUNDS} times", seen, f"{len(closes)} sockets told 1012")


async def test_an_answer_to_a_repeated_send_is_the_same_after_a_restart(two: House) -> None:
    person = two.person("alice")
    first = await person.say("once", client_id="the same")
    assert first["duplicate"] is False
    for by in (signal.SIGKILL, signal.SIGTERM):
        await asyncio.to_thread(two.restart, 0, by)
        again = await person.say("once", client_id="the same")
        assert again["duplicate"] is True
        assert (again["message_id"], again["seq"]) == (first["message_id"], first["seq"])
    await person.leave()
    assert (await two.fresh_view()).texts() == ["once"]
