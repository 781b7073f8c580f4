"""Whether a body was signed with one of our secrets, as GitHub signs (HMAC of SHA-256 over the bytes as they came)."""

import hashlib
import hmac
from collections.abc import Sequence

HEADER = "X-Hub-Signature-256"
_SCHEME = b"sha256="


def sign(body: bytes, secret: str) -> str:
    """The value of the header."""
    return (_SCHEME + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()).decode()


def is_signed(body: bytes, header: str, secrets: Sequence[str]) -> bool:
    """Takes the same time whatever the header says, and whichever of the secrets it was."""
    given = header.encode("utf-8", "surrogateescape")
    holds = [hmac.compare_digest(given, sign(body, secret).encode()) for secret in secrets]
    return any(holds)
