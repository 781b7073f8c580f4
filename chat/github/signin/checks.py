"""A system check: half an OAuth app lets nobody in, and nobody would see why."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning

HALF_AN_APP = Warning(
    "Nobody is offered to sign in with GitHub: of GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET only one is set.",
    hint="Set both, or neither.",
    id="chat_github.W001",
)


def check_app(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Run by every management command."""
    return [HALF_AN_APP] if bool(settings.GITHUB_CLIENT_ID) != bool(settings.GITHUB_CLIENT_SECRET) else []
