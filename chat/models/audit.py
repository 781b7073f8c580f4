"""The audit trail: who did what, to what, when and from where. Rows are only ever added."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

NAME_CHARS = 150
# The longest form of an IPv6 address.
ADDRESS_CHARS = 45


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Refuses what would change many rows at once. Django itself forgets a deleted actor past this."""

    def update(self, **fields: Any) -> int:
        raise TypeError("The audit trail is only added to.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise TypeError("The audit trail is only added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit trail is only added to.")


class AuditEntry(models.Model):
    """One deed. Names are kept as they were: the actor and the target may be gone when somebody asks.

    `door` is where it came in (web, api, socket, admin, command, job), `address` the network address if there is one.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=NAME_CHARS)
    action = models.CharField(max_length=40)
    target_type = models.CharField(max_length=20)
    target_id = models.CharField(max_length=40)
    target_name = models.CharField(max_length=NAME_CHARS)
    door = models.CharField(max_length=10)
    address = models.CharField(max_length=ADDRESS_CHARS, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects: ClassVar[AuditQuerySet] = AuditQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "audit trail"
        indexes = [
            models.Index(fields=["at"], name="chat_audit_at"),
            models.Index(fields=["target_type", "target_id"], name="chat_audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or 'somebody'}: {self.deed} {self.target_name}"

    @property
    def deed(self) -> str:
        """The action as one reads it."""
        return self.action.replace("_", " ")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse what is there already to be changed."""
        if self.pk is not None:
            raise TypeError("The audit trail is only added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit trail is only added to.")
