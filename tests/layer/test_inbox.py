"""What waits for a receiver that does not come."""

import pytest

from chat.layer import inbox
from chat.layer.inbox import Inbox
from tests.layer.conftest import Make, hear
from tests.test_metrics import value


async def test_a_full_channel_keeps_what_is_newest_and_the_others_lose_nothing(ours: Make) -> None:
    layer, before = ours(capacity=3), value('chat_channel_layer_dropped_total{where="inbox"}')
    idle, busy = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("group", idle)
    await layer.group_add("group", busy)
    for number in range(10):
        await layer.group_send("group", {"type": "one", "number": number})
        assert (await hear(layer, busy))["number"] == number
    assert [(await hear(layer, idle))["number"] for _ in range(3)] == [7, 8, 9]
    assert value('chat_channel_layer_dropped_total{where="inbox"}') == before + 7


def test_long_messages_fill_an_inbox_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "INBOX_MOST_BYTES", 100)
    box = Inbox(10)
    for letter in (b"a", b"b", b"c"):
        box.put_nowait(letter * 40)
    assert [box.get_nowait()[:1] for _ in range(box.qsize())] == [b"b", b"c"]
    box.put_nowait(b"d" * 1_000)
    assert box.get_nowait() == b"d" * 1_000
    for _ in range(12):
        box.put_nowait(b"")
    assert box.qsize() == 10
