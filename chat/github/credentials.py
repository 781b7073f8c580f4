"""The GitHub tokens of people: sealed before anything keeps them, opened only to ask GitHub as that person.

allauth keeps them in its own table, and for the minutes of a sign-up in the session; both hold the sealed form. It
opens only with this installation's SECRET_KEY, and only for the GitHub it came from: no other host is shown a token.
"""

import base64
from collections.abc import Collection
from functools import lru_cache

from allauth.socialaccount.models import SocialToken
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

# The name of GitHub among the services that allauth knows accounts of.
PROVIDER = "github"
KEY_BYTES = 32  # what Fernet takes


def token_of(user_id: int) -> str:
    """This person's own GitHub token; "" for those who have linked none, whose token is over, or who are shut out.

    Synchronous, one query. The token may have been withdrawn at GitHub meanwhile: then GitHub says so.
    """
    tokens = SocialToken.objects.filter(account__provider=PROVIDER, account__user=user_id)
    kept = tokens.filter(account__user__is_active=True).order_by("-pk").first()
    if kept is None or (kept.expires_at is not None and kept.expires_at <= timezone.now()):
        return ""
    return unseal(kept.token)


def holders_among(user_ids: Collection[int]) -> set[int]:
    """Those of these people who have linked an account, so that it may be worth a look at their tokens."""
    tokens = SocialToken.objects.filter(account__provider=PROVIDER, account__user__in=user_ids)
    return set(tokens.values_list("account__user", flat=True))


def seal(token: str) -> str:
    """The form in which a token may be kept."""
    return _box().encrypt(token.encode()).decode()


def unseal(sealed: str) -> str:
    """The token; "" when it was sealed under a key that is gone, or for another GitHub."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([_fernet(secret, settings.GITHUB_API_URL) for secret in secrets])


@lru_cache(8)
def _fernet(secret: str, host: str) -> Fernet:
    purpose = f"chat.github.credentials {host}".encode()
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
