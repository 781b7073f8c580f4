"""Having cards asked for anew: noted in their rows, and begun at once by a process that can."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from django.db import transaction

from chat import database
from chat.actions.cards import tell_hidden_card
from chat.batches import tell
from chat.errors import Forbidden, NotFound, RateLimited, as_chat_error
from chat.github.addresses import Address
from chat.github.cards import rows
from chat.github.cards.asking import is_left, look_at
from chat.github.models import Card

logger = logging.getLogger(__name__)

# Somebody may name very many objects: this share of the hour's calls is not for cards, and below it they wait.
QUOTA_KEPT, PAUSE_SECONDS = 0.2, 60.0
# Said in the place of a version: the card is wanted, by a process that asks nobody itself.
WANTED = 0


class Worker(Protocol):
    """What asks GitHub at once, on the loop on which it was given to `serve`."""

    def begin(self, card_ids: Collection[int]) -> None: ...

    def look_for(self, user_id: int, card_ids: Collection[int]) -> None: ...


_workers: WeakKeyDictionary[asyncio.AbstractEventLoop, list[Worker]] = WeakKeyDictionary()


def touched(addresses: Iterable[Address]) -> None:
    """Something happened to these objects: their cards, where there are any, are asked for anew and told of.

    For the writer's thread, within a transaction or without; the asking begins after the commit, elsewhere.
    """
    if ids := rows.wanted_by(addresses):
        want(ids)


def want(card_ids: Collection[int]) -> None:
    """The same for cards whose ids are known."""
    rows.want(card_ids)
    begin_soon(card_ids)


def begin_soon(card_ids: Collection[int]) -> None:
    """After the commit: here, or in whichever process hears of it first."""
    if _running() is not None:
        transaction.on_commit(partial(_begin, tuple(card_ids)))
    else:
        for card_id in card_ids:
            tell_hidden_card(card_id, WANTED)


async def refresh_wanted(card_id: int) -> None:
    """Refresh the card if it is wanted and nobody else, in this process or another, has begun to."""
    card = await database.write(rows.claim, card_id)
    if card is not None:
        await refresh(card)


async def refresh(card: Card) -> None:
    """Ask GitHub for the object and save what it says; a failure is saved, too. Raises Unavailable alone."""
    try:
        if not is_left(QUOTA_KEPT):
            raise RateLimited("The rest of GitHub's calls is kept for people.", retry_after=PAUSE_SECONDS)
        seen = await look_at(card.address)
    except (NotFound, Forbidden):
        await database.write(rows.save_missing, card)
    except Exception as error:
        why = as_chat_error(error)
        logger.info("%s stays as it was: %s", card.key, why.detail)
        wait = why.retry_after if isinstance(why, RateLimited) else None
        await database.write(rows.save_failure, card, wait or 0.0)
    else:
        await database.write(rows.save_seen, card, seen)


def look_for_soon(user_id: int, card_ids: Collection[int]) -> None:
    """Have somebody shown what GitHub shows them of these cards, if there is anything here that can."""
    if (running := _running()) is not None:
        loop, worker = running
        tell(loop, partial(worker.look_for, user_id, tuple(card_ids)))


def serve(worker: Worker) -> None:
    """Have what is wanted from now on begun by this, on the running loop, until `retire`."""
    _workers.setdefault(asyncio.get_running_loop(), []).append(worker)


def retire(worker: Worker) -> None:
    _workers[asyncio.get_running_loop()].remove(worker)


def _begin(card_ids: Collection[int]) -> None:
    if (running := _running()) is not None:
        loop, worker = running
        tell(loop, partial(worker.begin, card_ids))


def _running() -> tuple[asyncio.AbstractEventLoop, Worker] | None:
    serving = ((loop, workers) for loop, workers in list(_workers.items()) if workers and loop.is_running())
    return next(((loop, workers[0]) for loop, workers in serving), None)
