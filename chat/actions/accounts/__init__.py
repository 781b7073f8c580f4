"""Who may be here as whom: accounts, guests, sessions, tokens, invitations, and the first administrator."""

from chat.actions.accounts.people import create_account, create_guest, deactivate_user, reactivate_user
from chat.actions.accounts.sessions import check_sessions, end_session, renew_session
from chat.actions.accounts.tokens import create_token, revoke_token

__all__ = [
    "check_sessions",
    "create_account",
    "create_guest",
    "create_token",
    "deactivate_user",
    "end_session",
    "reactivate_user",
    "renew_session",
    "revoke_token",
]
