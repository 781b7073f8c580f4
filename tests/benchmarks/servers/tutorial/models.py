"""The one table of the baseline."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Message(models.Model):
    room = models.CharField(max_length=80)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        app_label = "tutorial"
        indexes = [models.Index(fields=["room", "id"], name="tutorial_history")]
