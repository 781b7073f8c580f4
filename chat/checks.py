"""System checks: combinations of settings that work, but hardly as their operator means them."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

OPEN_WITHOUT_A_NAME = Warning(
    "The chat listens on an open address, but PUBLIC_ORIGIN is not set.",
    hint="Set PUBLIC_ORIGIN=https://your.host, so that foreign pages and host names are refused.",
    id="chat.W001",
)
PUBLIC_DEBUG = Warning(
    "DEBUG shows settings and source to every visitor of a public chat.",
    hint="Unset DEBUG.",
    id="chat.W002",
)
ROOMS_WITHOUT_GUESTS = Warning(
    "Rooms are made on demand for signed-in people only, as CHAT_GUESTS is off.",
    hint="Set CHAT_ROOMS_ON_DEMAND=0, or let guests in.",
    id="chat.W003",
)
ANY_HOST_BESIDE_A_NAME = Error(
    "ALLOWED_HOSTS=* beside PUBLIC_ORIGIN lets any host name in.",
    hint="Unset ALLOWED_HOSTS: the host of PUBLIC_ORIGIN is allowed already.",
    id="chat.E001",
)


def check_combinations(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Run by every management command; docs/operations.md explains each setting."""
    rules: list[tuple[bool, CheckMessage]] = [
        (not settings.LOOPBACK and not settings.PUBLIC_ORIGIN, OPEN_WITHOUT_A_NAME),
        (settings.DEBUG and not settings.HOME_MODE, PUBLIC_DEBUG),
        (settings.CHAT_ROOMS_ON_DEMAND and settings.CHAT_GUESTS == "off", ROOMS_WITHOUT_GUESTS),
        ("*" in settings.ALLOWED_HOSTS and bool(settings.PUBLIC_ORIGIN), ANY_HOST_BESIDE_A_NAME),
    ]
    return [message for applies, message in rules if applies]
