"""The environment of a test run: its data folder, its Redis and its database.

It must stand before Django's settings load. Settings only compute addresses, so the servers behind
them are started later, by fixtures.
"""

import os
import shutil
import tempfile
from pathlib import Path

from tests.services.postgres import Postgres
from tests.services.redis import Redis

# What a developer's own shell may hold and a test must not see.
SETTINGS = {
    *("HOST", "PORT", "PUBLIC_ORIGIN", "TRUSTED_PROXIES", "ALLOWED_HOSTS", "DEBUG"),
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "SECRET_KEY_FILE", "SECRET_KEY_FALLBACKS"),
}
SETTINGS_PREFIXES = ("CHAT_", "GITHUB_")
# `CHAT_TEST_DATABASE=postgresql pytest` runs the tests that touch the database, on PostgreSQL.
ON_POSTGRESQL = os.environ.get("CHAT_TEST_DATABASE", "sqlite") == "postgresql"
# `CHAT_TEST_SHORTCUT=off pytest` has the requests of the tests go through Django as a whole.
WITH_SHORTCUT = os.environ.get("CHAT_TEST_SHORTCUT", "on") != "off"
# `CHAT_TEST_INBOUND=long pytest` leaves what comes in on sockets to the WebSocket library (CHAT_SHORT_INBOUND=off).
CHOSEN = {"CHAT_SHORT_INBOUND": "off"} if os.environ.get("CHAT_TEST_INBOUND") == "long" else {}

# Short, because it holds sockets.
FOLDER = Path(tempfile.mkdtemp(prefix="chat-"))
redis = Redis(FOLDER / "redis.sock")
postgres = Postgres()


def clean() -> dict[str, str]:
    """This process's variables without any setting of the chat: where a program that a test starts begins."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in SETTINGS and not name.startswith((*SETTINGS_PREFIXES, "DJANGO_", "PYTEST_"))
    }


def prepare() -> None:
    """Point the settings at this run's folder and servers."""
    for name in set(os.environ) - set(clean()):
        if name.startswith(SETTINGS_PREFIXES) or name in SETTINGS:
            del os.environ[name]
    # The programs that tests start share their bytecode, outside the tree: each starts two seconds sooner.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(".venv/cache/python").absolute()))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "chatproject.settings",
        "CHAT_DATA_DIR": str(FOLDER),
        "REDIS_URL": redis.url,
        "SECRET_KEY": "only for tests",
        "CHAT_SHORTCUT": "on" if WITH_SHORTCUT else "off",
        "PYTHONASYNCIODEBUG": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": os.environ.get(
            "HYPOTHESIS_STORAGE_DIRECTORY", ".venv/cache/hypothesis"
        ),
    }
    if ON_POSTGRESQL:
        os.environ["DATABASE_URL"] = postgres.url("postgres")


def remove() -> None:
    """Stop the servers and delete what the run wrote."""
    redis.stop()
    postgres.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)
