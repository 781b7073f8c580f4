"""What the audit trail says of linked accounts: who linked which, and who let go of it."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.db import transaction
from django.http import HttpRequest

from chat.actions.audit import record
from chat.models import User


def listen() -> None:
    """Connect the receivers; called once, when the app is ready."""
    social_account_added.connect(_linked, dispatch_uid="chat_github.linked")
    social_account_removed.connect(_unlinked, dispatch_uid="chat_github.unlinked")


def _linked(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    _record(request, "github_linked", sociallogin.account)


def _unlinked(request: HttpRequest, socialaccount: SocialAccount, **_: Any) -> None:
    _record(request, "github_unlinked", socialaccount)


def _record(request: HttpRequest, action: str, account: SocialAccount) -> None:
    assert isinstance(request.user, User)
    with transaction.atomic():
        record(request.user, action, request.user, login=account.extra_data.get("login", ""))
