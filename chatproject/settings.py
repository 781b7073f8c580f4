"""Every setting of the installation, each read from the environment by env.py. docs/operations.md explains them."""

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chat import embedded_redis
from chat.limits import FORM_BYTES
from chat.logs.configuration import FORMS, LEVELS, configuration
from chatproject import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("CHAT_DATA_DIR", BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

# Where the server listens, and who may come.
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, least=0, most=65_535)
PUBLIC_ORIGIN = env.origin("PUBLIC_ORIGIN")
# Whose word is taken for where a request came from; used by our own server alone.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


# Home mode is one person trying it out on their own machine; anything else is public mode.
LOOPBACK = _is_loopback(HOST)
HOME_MODE = LOOPBACK and not PUBLIC_ORIGIN
CHAT_GUESTS = env.choice("CHAT_GUESTS", "write" if HOME_MODE else "off", ("off", "read", "write"))
CHAT_ROOMS_ON_DEMAND = env.flag("CHAT_ROOMS_ON_DEMAND", HOME_MODE)
CHAT_SIGNUP = env.choice("CHAT_SIGNUP", "open" if HOME_MODE else "invite", ("open", "invite", "closed"))
CHAT_RATE_LIMITS = env.flag("CHAT_RATE_LIMITS", True)
CHAT_SHORT_INBOUND = env.flag("CHAT_SHORT_INBOUND", True)
CHAT_SHORTCUT = env.flag("CHAT_SHORTCUT", True)

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.kept_secret("SECRET_KEY", DATA_DIR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

_origin_host = urlsplit(PUBLIC_ORIGIN).hostname
_local_names = ["localhost", "127.0.0.1", "[::1]"]
_known_hosts = [*_local_names, *([HOST] if HOME_MODE else []), *([_origin_host] if _origin_host else [])]
# On an open address without PUBLIC_ORIGIN nobody told us our name; a system check warns.
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _known_hosts if HOME_MODE or _origin_host else ["*"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN] if PUBLIC_ORIGIN else []

INSTALLED_APPS = [
    "daphne",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "chat",
    "chat.github",
]
MIDDLEWARE = [
    "chat.logs.access.access_log",
    "chat.headers.security_headers",
    "chat.doors.named_door",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = FORM_BYTES
ROOT_URLCONF = "chatproject.urls"
ASGI_APPLICATION = "chatproject.asgi.application"
WSGI_APPLICATION = "chatproject.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# The database: SQLite in the data folder, or PostgreSQL by DATABASE_URL.
# Five threads of chat/database.py each keep one; the others are for what pages and the admin ask in threads of Django.
POOL_MOST_CONNECTIONS = 16
# The pool waits longer after each attempt to connect, up to minutes. Begun anew this often, it sees PostgreSQL come
# back about a second after it did, however long that was away.
POOL_RECONNECT_SECONDS = 2.0
_database: dict[str, Any] = env.database("DATABASE_URL", DATA_DIR / "chat.sqlite3")
if _database["ENGINE"].endswith("sqlite3"):
    # A file, so that threads and processes share it as in production.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    # The pool looks at what it lends, so none is lent that a restart of PostgreSQL ended.
    _database |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
    _database["OPTIONS"] |= {
        "pool": {
            "min_size": 1,
            "max_size": POOL_MOST_CONNECTIONS,
            "reconnect_timeout": POOL_RECONNECT_SECONDS,
            "reconnect_failed": lambda pool: pool.check(),
        }
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: the one that is named, else the one of this installation (chat/embedded_redis.py).
REDIS_URL = env.text("REDIS_URL") or embedded_redis.url(DATA_DIR)
EMBEDDED_REDIS = not env.text("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {"BACKEND": "chat.layer.ChatChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}},
}

# Accounts and sessions.
AUTH_USER_MODEL = "chat.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": f"{_validators}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": f"{_validators}.MinimumLengthValidator"},
    {"NAME": f"{_validators}.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["chat.accounts.backend.AccountBackend"]
# How long a link to a new password holds, sent by mail or handed over by an administrator.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
_https = PUBLIC_ORIGIN.startswith("https://")
SESSION_ENGINE = "chat.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# E-mail: without EMAIL_URL none is sent, and pages that would need one say who helps instead.
_mail = env.email("EMAIL_URL", f"chat@{_origin_host or 'localhost'}")
SENDS_EMAIL = _mail["SENDS_EMAIL"]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _mail["DEFAULT_FROM_EMAIL"]
EMAIL_BACKEND, EMAIL_TIMEOUT = _mail["EMAIL_BACKEND"], _mail["EMAIL_TIMEOUT"]
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST", "localhost"), _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER", ""), _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)

# allauth: sign in by username or e-mail address, and stay signed in.
ACCOUNT_ADAPTER = "chat.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "chat.accounts.forms.LoginForm",
    "signup": "chat.accounts.forms.SignupForm",
    "change_password": "chat.accounts.forms.ChangePasswordForm",
    "set_password": "chat.accounts.forms.SetPasswordForm",
    "reset_password": "chat.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "chat.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_VERIFICATION = "optional" if SENDS_EMAIL else "none"
ACCOUNT_EMAIL_NOTIFICATIONS = SENDS_EMAIL
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Chat] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _https else "http"
# Accounts that people have elsewhere. Nobody becomes somebody by an e-mail address, whoever confirmed it, and what is
# kept of their tokens is sealed (chat/github/credentials.py).
SOCIALACCOUNT_ADAPTER = "chat.accounts.adapter.LinkedAccountAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_STORE_TOKENS = True
# False lifts all of allauth's; {} leaves its own: failed logins 10 a minute and address, 5 in 5 minutes and account.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {} if CHAT_RATE_LIMITS else False
# They are counted in the database: all processes share it, it survives a restart, and signing in needs it anyway,
# while Redis may be away. A sign-in costs a few small writes beside the hashing of its password.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "chat_cache",
        # An attacker may leave many addresses behind; what is full drops the expired ones first.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# GitHub: where its API is, as whom it is asked, and how long and how much at once.
GITHUB_API_URL = env.base_url("GITHUB_API_URL", "https://api.github.com")
GITHUB_TOKEN = env.secret("GITHUB_TOKEN")
GITHUB_WEBHOOK_SECRETS = env.secrets_of("GITHUB_WEBHOOK_SECRET")
GITHUB_CONNECT_TIMEOUT_SECONDS = env.seconds("GITHUB_CONNECT_TIMEOUT_SECONDS", 3.0)
GITHUB_READ_TIMEOUT_SECONDS = env.seconds("GITHUB_READ_TIMEOUT_SECONDS", 5.0)
GITHUB_TOTAL_TIMEOUT_SECONDS = env.seconds("GITHUB_TOTAL_TIMEOUT_SECONDS", 10.0)
GITHUB_MOST_CALLS_AT_ONCE = env.integer("GITHUB_MOST_CALLS_AT_ONCE", 10, least=1, most=100)
GITHUB_CACHE_SECONDS = env.seconds("GITHUB_CACHE_SECONDS", 60.0)
# The OAuth app by which people sign in with their GitHub accounts; without both nobody is offered to.
GITHUB_CLIENT_ID = env.text("GITHUB_CLIENT_ID")
GITHUB_CLIENT_SECRET = env.secret("GITHUB_CLIENT_SECRET")
_github_app = {"client_id": GITHUB_CLIENT_ID, "secret": GITHUB_CLIENT_SECRET}
SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [_github_app]}} if all(_github_app.values()) else {}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from the sources under every server: no build step, nothing to collect, nothing that can be stale.
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_MAX_AGE = 0

CHAT_LOG_FORMAT = env.choice("CHAT_LOG_FORMAT", "text", FORMS)
CHAT_LOG_LEVEL = env.choice("CHAT_LOG_LEVEL", "info", LEVELS)
LOGGING = configuration(CHAT_LOG_FORMAT, CHAT_LOG_LEVEL)
