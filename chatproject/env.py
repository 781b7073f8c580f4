"""Typed readers of the environment: a wrong value is a clear error at start, never a surprise later.

Every reader raises ImproperlyConfigured with the variable's name and what it takes. Empty means unset.
"""

import ipaddress
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A page waits for the mail server; longer than this nobody wants to.
EMAIL_TIMEOUT_SECONDS = 10
# Of statements that do not ask for it themselves; psycopg's own choice.
PREPARE_AFTER_RUNS = 5
SQLITE_BUSY_TIMEOUT_SECONDS = 20
SQLITE_CACHE_KIB = 32_768
# Of 4 KiB, gathered in the write-ahead log before they go into the database: 500 people who talk as fast as they can
# got 14 % more texts a second than with SQLite's 1,000, and the longest commit stayed at 20 ms.
SQLITE_CHECKPOINT_PAGES = 8_000


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding blanks, or the default."""
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number between `least` and `most`, both included."""
    raw = text(name)
    if not raw:
        return default
    if not raw.lstrip("-").isdigit() or not least <= int(raw) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {raw!r}.")
    return int(raw)


def seconds(name: str, default: float) -> float:
    """A positive number of seconds, fractions allowed."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        value = -1.0
    if not 0 < value < 86_400:
        raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, not {raw!r}.")
    return value


def flag(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    raw = text(name).lower()
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    if not raw:
        return default
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")


def choice(name: str, default: str, among: Sequence[str]) -> str:
    """One of the given words."""
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {value!r}.")
    return value


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A list, separated by commas."""
    found = [word.strip() for word in text(name).split(",") if word.strip()]
    return found or list(default)


def networks(name: str) -> list[Network]:
    """IP addresses and networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas; never the whole world."""
    found: list[Network] = []
    for word in words(name):
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} takes addresses like 127.0.0.1 or 10.0.0.0/8: {error}"
            ) from error
        if not found[-1].prefixlen:
            raise ImproperlyConfigured(f"{name}={word} would believe everybody; name your proxies.")
    return found


def path(name: str, default: Path) -> Path:
    """A folder or file, made absolute against the working directory."""
    return Path(text(name, str(default))).expanduser().absolute()


def origin(name: str) -> str:
    """A web origin such as https://chat.example.org, without path; empty when unset."""
    raw = text(name).rstrip("/")
    if not raw:
        return ""
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} must look like https://chat.example.org, not {raw!r}.")
    return raw


def base_url(name: str, default: str) -> str:
    """The address that an API's paths are put behind, such as https://github.example.org/api/v3."""
    raw = text(name, default).rstrip("/")
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} must look like https://api.github.com, not {raw!r}.")
    return raw


def secret(name: str, default: str = "") -> str:
    """The value of NAME, or the contents of the file that NAME_FILE names (both set is an error)."""
    file = text(f"{name}_FILE")
    if file and text(name):
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if not file:
        return text(name, default)
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error


def secrets_of(name: str) -> list[str]:
    """Several of them, separated by blanks or lines: while one takes another's place both hold."""
    return secret(name).split()


def kept_secret(name: str, folder: Path) -> str:
    """The secret from the environment, else one made once and kept in `folder` (mode 0600)."""
    if given := secret(name):
        return given
    file = folder / name.lower()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _write_once(file, secrets.token_urlsafe(64))
        return file.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name} is unset and cannot be kept in {file}: {error}") from error


def _write_once(file: Path, value: str) -> None:
    """Two processes may start together: a link to a finished file makes exactly one of them win."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database(name: str, sqlite_file: Path) -> dict[str, Any]:
    """DATABASES["default"] from postgres://user:password@host:port/name?option=value or sqlite:///file."""
    raw = text(name)
    if not raw:
        return _sqlite(str(sqlite_file))
    parts = urlsplit(raw)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path)[1:] or str(sqlite_file))
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": _options(name, dict(parse_qsl(parts.query))),
    }


def _options(name: str, options: dict[str, str]) -> dict[str, Any]:
    """What libpq is told; `prepare` is for the driver, which may have statements prepared unless it is `off`."""
    prepare = options.pop("prepare", "on")
    if prepare not in ("on", "off"):
        raise ImproperlyConfigured(f"{name}: prepare must be on or off, not {prepare!r}.")
    return {**options, "prepare_threshold": PREPARE_AFTER_RUNS if prepare == "on" else None}


def _sqlite(file: str) -> dict[str, Any]:
    pragmas = {
        "journal_mode": "WAL",
        # A commit is on disk before anybody is answered.
        "synchronous": "FULL",
        "cache_size": -SQLITE_CACHE_KIB,
        "wal_autocheckpoint": SQLITE_CHECKPOINT_PAGES,
    }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_BUSY_TIMEOUT_SECONDS,
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in pragmas.items()),
        },
    }


def email(name: str, default_from: str) -> dict[str, Any]:
    """Django's mail settings from smtp://user:password@host:port?from=chat@example.org; without one, no mail.

    smtp:// asks for STARTTLS (port 587), smtps:// speaks TLS from the start (465), smtp+plain:// neither (25);
    console: prints each mail instead. SENDS_EMAIL says whether there is any.
    """
    raw = text(name)
    parts = urlsplit(raw)
    sender = dict(parse_qsl(parts.query)).get("from", default_from)
    found = {"SENDS_EMAIL": bool(raw), "DEFAULT_FROM_EMAIL": sender, "EMAIL_TIMEOUT": EMAIL_TIMEOUT_SECONDS}
    if not raw or parts.scheme == "console":
        return found | {
            "EMAIL_BACKEND": f"django.core.mail.backends.{'console' if raw else 'dummy'}.EmailBackend"
        }
    return found | {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": _mail_port(name, parts),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def _mail_port(name: str, parts: SplitResult) -> int:
    """The port of the address, else the usual one of its scheme."""
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    try:
        port = parts.port or ports.get(parts.scheme)
    except ValueError:
        port = None
    if parts.scheme not in ports or not parts.hostname or port is None:
        raise ImproperlyConfigured(
            f"{name} must look like smtp://user:password@host:587?from=chat@example.org."
        )
    return port
