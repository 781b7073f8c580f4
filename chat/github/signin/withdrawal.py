"""Taking back what a person allowed us: at GitHub, and here."""

import logging

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from requests import RequestException

from chat.github.credentials import unseal

logger = logging.getLogger(__name__)


def forget_tokens(account: SocialAccount) -> bool:
    """Delete the tokens of a linked account, and tell GitHub; whether GitHub took note.

    Ours are gone in any case. Where GitHub could not be told, the person withdraws the permission in its settings.
    """
    tokens = SocialToken.objects.filter(account=account)
    secrets = [secret for kept in tokens if (secret := unseal(kept.token))]
    tokens.delete()
    # With one token GitHub withdraws the permission as a whole, and so all of them.
    return all(_withdraw(secret) for secret in secrets[:1])


def _withdraw(token: str) -> bool:
    url = f"{settings.GITHUB_API_URL}/applications/{settings.GITHUB_CLIENT_ID}/grant"
    us = (settings.GITHUB_CLIENT_ID, settings.GITHUB_CLIENT_SECRET)
    try:
        with get_adapter().get_requests_session() as session:
            status: int = session.request("DELETE", url, auth=us, json={"access_token": token}).status_code
    except RequestException as error:
        logger.warning("GitHub could not be told that a permission is withdrawn: %s", type(error).__name__)
        return False
    # 404 and 422: GitHub knows of no such permission, or not any more.
    return status in (204, 404, 422)
