"""What is done for cards again and again, by one process of the installation: those that somebody looks at are asked
for without a word from GitHub, and those that no message shows are forgotten.
"""

import asyncio

from chat import database
from chat.github.cards import rows
from chat.github.cards.asking import is_left
from chat.github.cards.refresh import refresh
from chat.jobs.registry import every

# Webhooks tell within seconds; without them this is how old a card may be. An unchanged answer costs no call of the
# hour's quota when a token asks.
POLL_SECONDS = 60.0
# Of one round, and at the same time: a page of cards, without keeping people's own questions waiting.
POLLED_MOST, AT_ONCE = 30, 4
# Below this share of the hour's quota nothing is asked for that nobody asked for.
QUOTA_KEPT = 0.5
FORGET_SECONDS = 300.0


@every(POLL_SECONDS, "refresh GitHub cards")
async def refresh_watched() -> None:
    """Ask for the cards that somebody looks at, those first that were not asked for the longest."""
    cards = await database.call(rows.due, POLL_SECONDS, POLLED_MOST)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with slots:
            if is_left(QUOTA_KEPT):
                await refresh(cards[number])

    async with asyncio.TaskGroup() as group:
        for number in range(len(cards)):
            group.create_task(one(number))


@every(FORGET_SECONDS, "forget GitHub cards")
async def forget_unshown() -> None:
    """Of a deleted message nothing stays, and neither does what it alone showed."""
    await database.write(rows.forget_unshown)
