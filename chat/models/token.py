"""Secrets that are handed out, tokens and invitations: 32 random bytes for the owner, their SHA-256 for us."""

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.models.membership import Membership
from chat.models.room import Room
from chat.models.user import User

TOKEN_BYTES = 32
LABEL_CHARS = 80


def new_secret() -> str:
    """A fresh secret, to be shown once."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(secret: str) -> str:
    """What is kept of a secret. A plain hash suffices: the secret itself has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Token(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=LABEL_CHARS, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.label or f"token {self.pk}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def managed_by(self, user: User) -> "InvitationQuerySet":
        """Those that this person sees and revokes: their own, those to rooms that they moderate, staff all."""
        if user.is_staff:
            return self.all()
        roles = (Membership.Role.MODERATOR, Membership.Role.OWNER)
        moderated = user.memberships.filter(role__in=roles).values("room_id")
        return self.filter(Q(by=user) | Q(room_id__in=moderated))


class Invitation(models.Model):
    """Whoever holds its link may make an account, and belongs to `room` if there is one.

    `uses_left` is None where there is no limit. A revoked invitation is deleted.
    """

    digest = models.CharField(max_length=64, unique=True)
    room = models.ForeignKey(Room, models.CASCADE, null=True, blank=True, related_name="invitations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    uses_left = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
