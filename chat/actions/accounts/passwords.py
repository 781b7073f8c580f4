"""Links to a new password that an administrator hands over, where no mail can carry them."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from chat.actions.audit import record
from chat.errors import Conflict, Forbidden
from chat.models import User


def make_reset_link(person: User, *, by: User) -> str:
    """The path of a page on which this person chooses a new password; who is signed in as them is signed out then.

    It can be used once, for as long as PASSWORD_RESET_TIMEOUT says, and no more once they have signed in. Raises
    Forbidden for somebody with more rights than `by`, Conflict for who has no password to choose.
    """
    if person.is_superuser and not by.is_superuser:
        raise Forbidden("Only a superuser gives a superuser a new password.")
    if not person.is_active or person.kind != User.Kind.USER:
        raise Conflict("Only people whose account is open have a password.")
    with transaction.atomic():
        key = default_token_generator.make_token(person)
        record(by, "reset_link_made", person)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
