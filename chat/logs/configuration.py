"""Which lines are written, and in which form: Django's LOGGING."""

from typing import Any

FORMS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")


def configuration(form: str, level: str) -> dict[str, Any]:
    """`debug` is for the chat alone: libraries would show texts and queries.

    The line that ends each request and socket is for programs: in JSON it is there, in text only with `debug`.
    """
    libraries = "INFO" if level == "debug" else level.upper()
    access = level.upper() if form == "json" or level in ("debug", "error") else "WARNING"
    formatter = "JsonFormatter" if form == "json" else "TextFormatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"chat.logs.lines.{formatter}"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": libraries},
        "loggers": {
            "chat": {"level": level.upper()},
            "chat.logs.access": {"level": access},
            "httpx": {"level": "WARNING"},
            "daphne": {"level": "WARNING"},
            # It logs a traceback for every lost subscriber, again and again; the hub says once that Redis is away.
            "channels_redis": {"level": "CRITICAL"},
            # A refused request is its sender's affair; whoever sends many must not fill the log.
            "django.request": {"level": "ERROR"},
        },
    }
