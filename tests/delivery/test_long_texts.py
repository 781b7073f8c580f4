"""A room full of the longest texts can be read: fresh, by a resume, and by one who is there all the while."""

from tests.delivery.house import House
from tests.wire import Wire

# More than a page of changes, each as long as a message may be and five times that as HTML.
MESSAGES = 60
LONGEST = "&" * 10_000
# What many clients take at most in one frame.
FRAME_BYTES_MOST = 1 << 20


async def test_a_room_full_of_the_longest_texts_can_be_read(house: House) -> None:
    here, there = house.urls
    async with await Wire.connect(here) as alice, await Wire.connect(there) as bob:
        await bob.subscribe("lobby")
        for number in range(MESSAGES):
            await alice.ask("send", room="lobby", text=f"{number}{LONGEST}"[:10_000])
        await bob.until(lambda: len(bob.views["lobby"].messages) == MESSAGES)
    resumed = await house.fresh_view()
    assert len(resumed.messages) == MESSAGES
    async with await Wire.connect(here) as fresh:
        newest = await fresh.subscribe("lobby")
        assert set(newest.messages) == set(sorted(resumed.messages)[-len(newest.messages) :])
        page = await fresh.ask("sync", room="lobby", since=0)
        assert page["more"] is True
        assert (
            sum(len(message["text"]) + len(message["html"]) for message in page["messages"])
            < FRAME_BYTES_MOST
        )
