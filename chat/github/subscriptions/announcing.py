"""Telling rooms what happened on GitHub: one message for each thing, and whatever follows in its thread."""

import hashlib
import logging
from collections.abc import Collection

from django.db import transaction

from chat.actions.messages import Draft, post_messages
from chat.errors import ChatError
from chat.github import addresses
from chat.github.hooks.happening import Happening
from chat.github.models import RoomSetting, Subscription
from chat.github.subscriptions import gathering
from chat.github.subscriptions.bot import the_bot
from chat.github.subscriptions.matching import lets_in
from chat.github.subscriptions.renaming import follow_rename
from chat.models import Membership, Message, Room, User

logger = logging.getLogger(__name__)


def announce(happening: Happening, effect: str = "") -> None:
    """Post it as the bot to every room that subscribed to it, is not archived and has the bot in it.

    Synchronous, in the writer thread, all or nothing. With the key of an `effect` no room is told of it twice.
    """
    if happening.former_name:
        follow_rename(happening.former_name, f"{happening.owner}/{happening.name}")
    repository = f"{happening.owner}/{happening.name}".lower()
    subscriptions = Subscription.objects.filter(repository_key=repository) if happening.topic else []
    if not subscriptions:
        return
    with transaction.atomic():
        bot = the_bot()
        rooms = _rooms([each.room_id for each in subscriptions], happening, bot)
        roots = gathering.roots(happening, rooms)
        told = [
            rooms[each.room_id]
            for each in subscriptions
            if each.room_id in rooms and lets_in(each, happening, gathered=each.room_id in roots)
        ]
        drafts = [_draft(happening, effect, room, bot, roots.get(room.pk)) for room in told]
        _post(happening, drafts, told)


def _rooms(ids: Collection[int], happening: Happening, bot: User) -> dict[int, Room]:
    """Those that can be told, by id; locked, so that of two processes the second sees what the first one began."""
    rooms = Room.objects.filter(pk__in=ids, archived_at=None)
    rooms = rooms.filter(pk__in=Membership.objects.filter(user=bot).values("room_id"))
    if happening.is_bot:
        rooms = rooms.exclude(pk__in=RoomSetting.objects.filter(mutes_bots=True).values("room_id"))
    return {room.pk: room for room in rooms.select_for_update().order_by("pk")}


def _draft(happening: Happening, effect: str, room: Room, bot: User, root_id: int | None) -> Draft:
    text = happening.text if root_id is not None else _with_card(happening)
    return Draft(bot.pk, room.slug, text, _client_id(effect, room), thread=root_id)


def _with_card(happening: Happening) -> str:
    """The text with the subject's address in it, by which the message shows the subject as it now is."""
    subject = happening.subject
    if subject is None or subject.key in {address.key for address in addresses.find(happening.text)}:
        return happening.text
    return f"{happening.text}\n{subject.url}"


def _client_id(effect: str, room: Room) -> str | None:
    if not effect:
        return None
    return f"github-{hashlib.sha256(effect.encode()).hexdigest()}-{room.pk}"


def _post(happening: Happening, drafts: list[Draft], rooms: list[Room]) -> None:
    """Whatever was told before is left as it is, though it may stand elsewhere than it would now."""
    named = [draft.client_id for draft in drafts if draft.client_id]
    before = set(
        Message.objects.filter(
            author__in={draft.user_id for draft in drafts}, client_id__in=named
        ).values_list("client_id", flat=True)
    )
    new = [(draft, room) for draft, room in zip(drafts, rooms, strict=True) if draft.client_id not in before]
    outcomes = post_messages([draft for draft, _ in new])
    for (draft, room), outcome in zip(new, outcomes, strict=True):
        if isinstance(outcome, ChatError):
            logger.warning("Room %d was not told of GitHub: %s", room.pk, outcome.detail)
        elif draft.thread is None:
            gathering.begin(happening, room.pk, outcome.message_id)
