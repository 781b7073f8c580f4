"""Forgetting guests: who left nothing behind is deleted, the others keep only what they wrote."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chat.models import Message, Reaction, Token, User

# As long as a guest's token lasts; nobody can come back as this guest after that.
GUEST_LIFE = timedelta(hours=24)
# What one transaction forgets: small enough that posts behind it do not wait noticeably.
FORGOTTEN_AT_ONCE = 200
ANONYMOUS_NAME = "Guest"


def forget_guests() -> int:
    """Delete or anonymise some guests that nobody uses any more; returns how many, 0 when none is left.

    A guest goes a day after it came, unless it wrote within the last day or holds a token that is still
    valid. Reactions count as something left behind: taking one away would be a change of its message.
    """
    with transaction.atomic():
        guests = list(_unused_guests())
        silent = [guest.pk for guest in guests if not guest.wrote and not guest.reacted]  # type: ignore[attr-defined]
        User.objects.filter(pk__in=silent).delete()
        User.objects.filter(pk__in={guest.pk for guest in guests} - set(silent)).update(
            name=ANONYMOUS_NAME, email=""
        )
    return len(guests)


def _unused_guests() -> list[User]:
    now = timezone.now()
    written = Message.objects.filter(author=OuterRef("pk"))
    guests = User.objects.filter(kind=User.Kind.GUEST, date_joined__lt=now - GUEST_LIFE)
    guests = guests.exclude(name=ANONYMOUS_NAME)
    guests = guests.annotate(
        wrote=Exists(written), reacted=Exists(Reaction.objects.filter(user=OuterRef("pk")))
    )
    recent = Exists(written.filter(at__gt=now - GUEST_LIFE))
    holding = Exists(Token.objects.filter(user=OuterRef("pk"), expires_at__gt=now))
    return list(guests.exclude(recent).exclude(holding).order_by("pk")[:FORGOTTEN_AT_ONCE])
