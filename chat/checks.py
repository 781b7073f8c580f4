"""System checks: combinations of settings that work, but hardly as their operator means them."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning


def check_combinations(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Run by every management command; docs/operations.md explains each setting."""
    found: list[CheckMessage] = []
    if not settings.LOOPBACK and not settings.PUBLIC_ORIGIN:
        found.append(
            Warning(
                "The chat listens on an open address, but PUBLIC_ORIGIN is not set.",
                hint="Set PUBLIC_ORIGIN=https://your.host, so that foreign pages and host names are refused.",
                id="chat.W001",
            )
        )
    if settings.DEBUG and not settings.HOME_MODE:
        found.append(
            Warning(
                "DEBUG shows settings and source to every visitor of a public chat.",
                hint="Unset DEBUG.",
                id="chat.W002",
            )
        )
    if settings.CHAT_ROOMS_ON_DEMAND and settings.CHAT_GUESTS == "off":
        found.append(
            Warning(
                "Rooms are made on demand for signed-in people only, as CHAT_GUESTS is off.",
                hint="Set CHAT_ROOMS_ON_DEMAND=0, or let guests in.",
                id="chat.W003",
            )
        )
    if "*" in settings.ALLOWED_HOSTS and settings.PUBLIC_ORIGIN:
        found.append(
            Error(
                "ALLOWED_HOSTS=* beside PUBLIC_ORIGIN lets any host name in.",
                hint="Unset ALLOWED_HOSTS: the host of PUBLIC_ORIGIN is allowed already.",
                id="chat.E001",
            )
        )
    return found
