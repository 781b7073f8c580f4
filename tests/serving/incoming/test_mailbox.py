"""What an application that asks message by message is given."""

import asyncio

from chat.serving.incoming.mailbox import Mailbox


async def test_messages_come_in_order_whether_they_were_waited_for_or_not() -> None:
    mailbox, came = Mailbox(), list[object]()

    async def read() -> None:
        for _ in range(4):
            came.append((await mailbox.get())["n"])

    for number in range(2):
        mailbox.put_nowait({"n": number})
    assert mailbox.qsize() == 2
    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    assert came == [0, 1]
    for number in range(2, 4):
        mailbox.put_nowait({"n": number})
    await reading
    assert came == [0, 1, 2, 3]


async def test_a_reader_that_gave_up_takes_nothing_along() -> None:
    mailbox = Mailbox()
    reading = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)
    # What comes at the moment of the cancellation is for the next one who asks.
    mailbox.put_nowait({"n": 1})
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert await mailbox.get() == {"n": 1}
