"""A hub by itself: what it does again and again goes well."""

import asyncio
import logging

import pytest

from chat.hub import hub as hub_module
from chat.hub.hub import Hub
from chat.readers import DatabaseReaders

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = ("HEADS_SECONDS", "HEARTBEAT_SECONDS", "SESSIONS_SECONDS", "ACTIVITY_SECONDS", "REPEAT_SECONDS")
SOON_S = 0.02


async def test_no_round_of_a_hub_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ROUNDS:
        monkeypatch.setattr(hub_module, name, SOON_S)
    hub = Hub(DatabaseReaders())
    with caplog.at_level(logging.WARNING):
        hub.start()
        await asyncio.sleep(20 * SOON_S)
        await hub.stop()
    assert [record.message for record in caplog.records] == []
