"""The tables. Rows are changed by chat.actions alone."""

from chat.models.change import Change
from chat.models.installation import Installation
from chat.models.membership import Membership
from chat.models.message import Message, Revision
from chat.models.reaction import Reaction
from chat.models.room import Room
from chat.models.token import Token
from chat.models.user import User

__all__ = [
    "Change",
    "Installation",
    "Membership",
    "Message",
    "Reaction",
    "Revision",
    "Room",
    "Token",
    "User",
]
