"""The tables. Rows are changed by chat.actions alone."""

from chat.models.attention import Mention, ThreadFollower
from chat.models.audit import AuditEntry
from chat.models.installation import Installation
from chat.models.job import JobState
from chat.models.membership import Ban, Membership
from chat.models.message import CardShown, Change, Message, Revision
from chat.models.reaction import Reaction
from chat.models.room import Room
from chat.models.token import Invitation, Token
from chat.models.user import SignIn, User

__all__ = [
    "AuditEntry",
    "Ban",
    "CardShown",
    "Change",
    "Installation",
    "Invitation",
    "JobState",
    "Membership",
    "Mention",
    "Message",
    "Reaction",
    "Revision",
    "Room",
    "SignIn",
    "ThreadFollower",
    "Token",
    "User",
]
