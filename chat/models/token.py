"""Bearer tokens: 32 random bytes for the owner, their SHA-256 for us."""

import hashlib
import secrets

from django.conf import settings
from django.db import models

TOKEN_BYTES = 32


def new_secret() -> str:
    """A fresh token, to be shown once."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(secret: str) -> str:
    """What is kept of a token. A plain hash suffices: the token itself has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Token(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.label or f"token {self.pk}"
