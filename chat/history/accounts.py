"""What people read of their own account: where they are signed in, their tokens, the invitations in their hand."""

from django.db.models import Q
from django.utils import timezone

from chat.models import Invitation, SignIn, Token, User


def sessions_of(user: User) -> list[SignIn]:
    """The browsers in which this person is signed in at this moment, the newest first."""
    noted = user.sign_ins.select_related("user").order_by("-pk")
    return [sign_in for sign_in in noted if sign_in.is_alive]


def tokens_of(user: User) -> list[Token]:
    """The tokens that hold, the newest first."""
    now = timezone.now()
    return list(user.tokens.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("-pk"))


def invitations_for(user: User) -> list[Invitation]:
    """Those that this person may revoke and that have neither expired nor been used up, the newest first."""
    now = timezone.now()
    lasting = Invitation.objects.managed_by(user).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    return list(lasting.exclude(uses_left=0).select_related("room", "by").order_by("-pk"))
