"""What is true of the whole installation."""

import secrets

from django.db import models


def new_epoch() -> str:
    return secrets.token_hex(8)


class Installation(models.Model):
    """One row. `epoch` names this history: a restore or an import that rewrites it draws another."""

    epoch = models.CharField(max_length=32, default=new_epoch)

    class Meta:
        verbose_name_plural = "installation"

    def __str__(self) -> str:
        return f"epoch {self.epoch}"
