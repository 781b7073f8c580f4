"""As whom GitHub knows us: tells credentials apart without keeping them."""

import hashlib

from django.conf import settings

# GitHub's address, and a fingerprint of the token; "" is a credential, too: that of nobody in particular.
Identity = tuple[str, str]


def identity(token: str) -> Identity:
    """The same for the same token at the same GitHub, in every process."""
    return settings.GITHUB_API_URL, hashlib.sha256(token.encode()).hexdigest()
