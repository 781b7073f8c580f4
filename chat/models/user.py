"""People, guests and bots, and the browsers they are signed in with.

They are one table, so that a message has one kind of author and a ban has one rule.
"""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import models

NAME_CHARS = 80
USER_AGENT_CHARS = 200
# Of the many names in a User-Agent the first of these is the true one: the others pose as each other.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


class User(AbstractUser):
    """`username` signs in and never changes; `name` is what others read."""

    class Kind(models.TextChoices):
        USER = "user"
        GUEST = "guest"
        BOT = "bot"
        SYSTEM = "system"

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=NAME_CHARS, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.USER)
    # Whoever hides is never shown as online, and is told of others all the same.
    hides_presence = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "date_joined"], name="chat_user_kind_joined")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name that others read."""
        return self.name or self.username

    @property
    def is_guest(self) -> bool:
        return self.kind == self.Kind.GUEST

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def session_hashes(self) -> list[str]:
        """What a session of the present password holds: under the present secret key, or under an earlier one."""
        return [self.get_session_auth_hash(), *self.get_session_auth_fallback_hash()]


class SignIn(models.Model):
    """A browser that somebody signed in with, beside its row among Django's sessions."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    user_agent = models.CharField(max_length=USER_AGENT_CHARS, blank=True)
    address = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "sign-in"

    def __str__(self) -> str:
        return f"{self.user} with {self.browser}"

    @property
    def browser(self) -> str:
        """What people call it, such as "Firefox on Linux"."""
        name = _first(BROWSERS, self.user_agent)
        system = _first(SYSTEMS, self.user_agent)
        return " on ".join(filter(None, (name, system))) or "An unknown program"

    @property
    def session(self) -> SessionBase:
        """Django's session; empty when it is over."""
        store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(self.session_key)
        return store

    @property
    def is_alive(self) -> bool:
        """Whether its browser is still let in: it has neither expired nor been ended by a new password."""
        return self.session.get(HASH_SESSION_KEY) in self.user.session_hashes()


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for part, name in names.items() if part in user_agent), "")
