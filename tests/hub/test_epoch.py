"""A restore under a running server: whoever was told the old epoch comes back and begins anew."""

import pytest

from chat import database, history, hub
from chat.actions.installation import begin_another_history
from chat.models import Change, Message, Room
from tests.cast import Cast, say
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def replace_history() -> None:
    """What an older backup does: the room stands at an earlier number, in another history."""
    Change.objects.all().delete()
    Message.objects.all().delete()
    Room.objects.update(seq=0)
    begin_another_history()


async def test_everybody_is_sent_back_to_begin_anew(cast: Cast) -> None:
    for text in ("one", "two", "three"):
        await database.write(say, cast.bob, cast.lobby, text)
    async with Socket() as early, Socket("/ws/chat/") as elsewhere:
        first = await early.event("hello")
        assert (await early.event("subscribed"))["seq"] == 3
        await elsewhere.event("hello")
        local = await hub.current()
        await local.epoch.check()
        assert len(local.connections) == 2
        await database.write(replace_history)
        await local.epoch.check()
        for socket in (early, elsewhere):
            goodbye = await socket.event("goodbye")
            assert goodbye["reason"] == "restored"
            assert 0 < goodbye["reconnect_after"] < 5
            assert await socket.closed() in (1012, 4000)
        assert not local.connections
        assert not local.feeds
    async with Socket(since=3, epoch=first["epoch"]) as back:
        hello = await back.event("hello")
        assert hello["epoch"] == await database.call(history.epoch) != first["epoch"]
        page = await back.event("subscribed")
        assert (page["seq"], page["reset"], page["messages"]) == (0, True, [])
        await database.write(say, cast.bob, cast.lobby, "after the restore")
        event = await back.event("message")
        assert (event["message"]["seq"], event["message"]["text"]) == (1, "after the restore")
