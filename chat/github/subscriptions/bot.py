"""The one bot of an installation by which GitHub speaks in rooms."""

import logging

from chat.actions.accounts import bot_account
from chat.actions.messages import Draft, post_message
from chat.actions.rooms import add_members
from chat.errors import ChatError, Forbidden
from chat.models import Membership, Room, User

logger = logging.getLogger(__name__)

# As GitHub names bots. Nobody signs up with brackets in their name, so nobody can take this one before.
USERNAME = "github[bot]"
NAME = "GitHub"


def the_bot() -> User:
    """The bot, made when it is needed for the first time; in a transaction."""
    return bot_account(USERNAME, NAME)


def invite_bot(user: User, room: Room) -> None:
    """Have the bot belong to the room, by the right of whoever asked for it; everybody there sees it come."""
    bot = the_bot()
    if not bot.is_active:
        raise Forbidden("An administrator has switched GitHub's bot off.")
    if not is_in(room.pk):
        add_members(user, room.slug, [bot.pk])


def is_in(room_id: int) -> bool:
    """Whether the bot belongs to the room: where it was put out it says nothing."""
    return Membership.objects.filter(room=room_id, user__username=USERNAME).exists()


def say(room: Room, text: str) -> None:
    """Tell the room, unless the bot was put out of it: that was somebody's wish."""
    try:
        post_message(Draft(the_bot().pk, room.slug, text))
    except ChatError as error:
        logger.info("The GitHub bot may not speak in room %d: %s", room.pk, error.detail)
