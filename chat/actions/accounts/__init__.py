"""Who may be here as whom: accounts, guests, sessions, tokens, invitations, and the first administrator."""

from chat.actions.accounts.invitations import (
    create_invitation,
    create_invited_account,
    find_invitation,
    redeem_invitation,
    revoke_invitation,
)
from chat.actions.accounts.passwords import make_reset_link
from chat.actions.accounts.people import (
    bot_account,
    create_account,
    create_guest,
    deactivate_user,
    reactivate_user,
)
from chat.actions.accounts.sessions import (
    check_sessions,
    end_session,
    forget_ended_sessions,
    move_session,
    note_session,
    renew_session,
    revoke_other_sessions,
    revoke_session,
)
from chat.actions.accounts.tokens import create_own_token, create_token, revoke_own_token, revoke_token

__all__ = [
    "bot_account",
    "check_sessions",
    "create_account",
    "create_guest",
    "create_invitation",
    "create_invited_account",
    "create_own_token",
    "create_token",
    "deactivate_user",
    "end_session",
    "find_invitation",
    "forget_ended_sessions",
    "make_reset_link",
    "move_session",
    "note_session",
    "reactivate_user",
    "redeem_invitation",
    "renew_session",
    "revoke_invitation",
    "revoke_other_sessions",
    "revoke_own_token",
    "revoke_session",
    "revoke_token",
]
